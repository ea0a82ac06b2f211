#!/usr/bin/perl
# Generates unicode_data_tables.cpp (see runtime/objects/unicode_data.h) from perl's own Unicode data: what the unicodedata
# module knows beyond unicode.h, and the names of characters.
#
# usage: make_unicode_data.pl OUTPUT.  Perl's data must be Unicode 14.0.0, the version that Python 3.11 speaks.
use strict;
use warnings;
use Unicode::UCD qw(prop_invlist prop_invmap);

my $version = Unicode::UCD::UnicodeVersion();
die "make_unicode_data.pl: perl has Unicode $version, 14.0.0 is needed\n" unless $version eq '14.0.0';
my $last = 0x10FFFF;
my ($folder) = grep { -e "$_/unicore/NamedSequences.txt" } @INC;
die "make_unicode_data.pl: no unicore/NamedSequences.txt\n" unless $folder;

sub rows {
  my @out;
  while (my @row = splice @_, 0, 24) { push @out, '    ' . join(', ', @row) . ",\n"; }
  return join '', @out;
}
sub quoted { my $text = shift; $text =~ s/(["\\])/\\$1/g; return "\"$text\""; }

# ---- enumerated properties: the short names of the values, by code point an index ----

my (@fields, %texts);
my @starts_of_change;
for my $property (qw(Category Bidi_Class East_Asian_Width)) {
  my ($starts, $values) = prop_invmap($property);
  my %short;
  my (@names, @column);
  for my $i (0 .. $#$starts) {
    my $long = $values->[$i];
    my ($short) = exists $short{$long} ? $short{$long}[0] : Unicode::UCD::prop_value_aliases($property, $long);
    if (!exists $short{$long}) {
      $short{$long} = [$short, scalar @names];
      push @names, $short;
    }
    push @column, $short{$long}[1];
  }
  push @fields, {starts => $starts, column => \@column};
  $texts{$property} = \@names;
}
{
  my ($starts, $values) = prop_invmap('Canonical_Combining_Class');
  my @column = map { /^\d+$/ ? $_ : (Unicode::UCD::prop_value_aliases('Canonical_Combining_Class', $_))[0] } @$values;
  my %number;
  for my $v (@column) {
    next if $v =~ /^\d+$/;
    # names such as "NR": the numeric alias is among the aliases
    my @all = Unicode::UCD::prop_value_aliases('Canonical_Combining_Class', $v);
    ($number{$v}) = grep { /^\d+$/ } @all;
  }
  @column = map { /^\d+$/ ? $_ : $number{$_} } @column;
  push @fields, {starts => $starts, column => \@column};
}
for my $list ('Bidi_Mirrored=Y', 'Present_In=3.2') {
  my @starts = prop_invlist($list);
  my @column = map { $_ % 2 == 0 ? 1 : 0 } 0 .. $#starts;
  if (!@starts || $starts[0] != 0) { unshift @starts, 0; unshift @column, 0; }
  push @fields, {starts => \@starts, column => \@column};
}

my @per_code;  # "a, b, c, d, e, f" by code point
for my $field (@fields) {
  my ($starts, $column) = @$field{qw(starts column)};
  for my $i (0 .. $#$starts) {
    my $end = $i < $#$starts ? $starts->[$i + 1] - 1 : $last;
    for my $c ($starts->[$i] .. $end) {
      $per_code[$c] = defined $per_code[$c] ? "$per_code[$c], $column->[$i]" : $column->[$i];
    }
  }
}

# ---- decompositions ----

my (@decompositions, @tags, %tag_index, %decomposition_at, @pairs);
push @decompositions, 0;
my $text = do "$folder/unicore/Decomposition.pl" or die;
my %excluded;
{
  my @list = prop_invlist('Full_Composition_Exclusion');
  for (my $i = 0; $i < @list; $i += 2) { $excluded{$_} = 1 for $list[$i] .. ($i + 1 < @list ? $list[$i + 1] - 1 : $last); }
}
for my $line (split /\n/, $text) {
  next unless $line =~ /^([0-9A-F]+)\t([0-9A-F]*)\t(?:(<\w+>) )?([0-9A-F ]+)$/;
  my ($first, $end, $tag, $map) = (hex $1, $2 ? hex $2 : hex $1, $3 // '', $4);
  if (!exists $tag_index{$tag}) { $tag_index{$tag} = @tags; push @tags, $tag; }
  my @codes = map { hex } split ' ', $map;
  for my $c ($first .. $end) {
    next if $c >= 0xAC00 && $c <= 0xD7A3;
    $decomposition_at{$c} = @decompositions;
    push @decompositions, $tag_index{$tag} << 8 | @codes, @codes;
    push @pairs, [@codes, $c] if !$tag && @codes == 2 && !$excluded{$c};
  }
}
@pairs = sort { $a->[0] <=> $b->[0] || $a->[1] <=> $b->[1] } @pairs;

# ---- records ----

my (@records, %record_index, @index);
for my $c (0 .. $last) {
  my $record = $per_code[$c] . ', ' . ($decomposition_at{$c} // 0);
  if (!defined $record_index{$record}) { $record_index{$record} = @records; push @records, $record; }
  push @index, $record_index{$record};
}
my (%block_index, @index1, @index2);
for (my $c = 0; $c <= $last; $c += 128) {
  my $key = join ',', @index[$c .. $c + 127];
  if (!defined $block_index{$key}) { $block_index{$key} = @index2 / 128; push @index2, @index[$c .. $c + 127]; }
  push @index1, $block_index{$key};
}

# ---- numeric values ----

my @numbers;
{
  my ($starts, $values, $format, $default) = prop_invmap('Numeric_Value');
  for my $i (0 .. $#$starts) {
    my $v = $values->[$i];
    next if $v eq $default;
    my $end = $i < $#$starts ? $starts->[$i + 1] - 1 : $last;
    for my $c ($starts->[$i] .. $end) {
      my $number = $v =~ m{^(-?\d+)/(\d+)$} ? "$1.0 / $2" : ($format =~ /^a/ ? $v + $c - $starts->[$i] : $v) . '.0';
      push @numbers, "{$c, $number}";
    }
  }
}

# ---- names ----

my (@names, @ranges, @aliases, @sequences);
{
  my ($starts, $values) = prop_invmap('Name');
  for my $i (0 .. $#$starts) {
    my $v = $values->[$i];
    my $end = $i < $#$starts ? $starts->[$i + 1] - 1 : $last;
    next if $v eq '' || $v eq '<hangul syllable>';
    if ($v =~ /^(.*-)<code point>$/) {
      push @ranges, [$1, $starts->[$i], $end] unless $v =~ /^TANGUT/;  # which CPython does not name
    } else {
      for my $c ($starts->[$i] .. $end) { push @names, [$c, $v]; }
    }
  }
}
for my $line (split /\n/, do "$folder/unicore/To/NameAlia.pl") {
  push @aliases, [hex $1, $2] if $line =~ /^([0-9A-F]+)\t[0-9A-F]*\t(.*): \w+$/;
}
{
  open my $in, '<', "$folder/unicore/NamedSequences.txt" or die;
  while (<$in>) { push @sequences, [[map { hex } split ' ', $2], $1] if /^([^#;]+);([0-9A-F ]+)$/; }
}
my (@words, %word_index, @stream);
sub encode {
  my $at = @stream;
  my @ids = map {
    if (!exists $word_index{$_}) { $word_index{$_} = @words; push @words, $_; }
    $word_index{$_}
  } split / /, $_[0];
  $ids[-1] |= 0x8000;  # the last word of a name
  push @stream, @ids;
  return $at;
}
my @name_rows = map { '{' . $_->[0] . ', ' . encode($_->[1]) . '}' } @names;
my @alias_rows = map { '{' . $_->[0] . ', ' . encode($_->[1]) . '}' } @aliases;
my @sequence_rows = map { my @codes = (@{$_->[0]}, 0, 0, 0, 0); '{{' . join(', ', @codes[0 .. 3]) . '}, ' . encode($_->[1]) . '}' } @sequences;
die "make_unicode_data.pl: too many words\n" if @words >= 0x8000;
my (@word_offsets, $word_text);
$word_text = '';
for my $word (@words) { push @word_offsets, length $word_text; $word_text .= $word; }
push @word_offsets, length $word_text;

open my $out, '>', $ARGV[0] or die "make_unicode_data.pl: $ARGV[0]: $!\n";
print $out "// Generated by runtime/tools/make_unicode_data.pl from Unicode $version.\n",
  "#include \"runtime/objects/unicode_data.h\"\n\nnamespace krait::unicode {\n\n";
for (['kCategories', 'Category'], ['kBidiClasses', 'Bidi_Class'], ['kWidths', 'East_Asian_Width']) {
  print $out "const char* const $_->[0]\[] = {", join(', ', map { quoted($_) } @{$texts{$_->[1]}}), "};\n";
}
print $out "const DataRecord kDataRecords[] = {\n", (map { "    {$_},\n" } @records), "};\n",
  "const uint16_t kDataIndex1[] = {\n", rows(@index1), "};\n",
  "const uint16_t kDataIndex2[] = {\n", rows(@index2), "};\n",
  "const char* const kDecompositionTags[] = {", join(', ', map { quoted($_) } @tags), "};\n",
  "const uint32_t kDecompositions[] = {\n", rows(@decompositions), "};\n",
  "const Composition kCompositions[] = {\n", rows(map { '{' . join(', ', @$_) . '}' } @pairs), "};\n",
  "const int kCompositionCount = ", scalar(@pairs), ";\n",
  "const NumericValue kNumericValues[] = {\n", rows(@numbers), "};\n",
  "const int kNumericValueCount = ", scalar(@numbers), ";\n",
  "const NameRange kNameRanges[] = {\n", rows(map { '{' . quoted($_->[0]) . ", $_->[1], $_->[2]}" } @ranges), "};\n",
  "const int kNameRangeCount = ", scalar(@ranges), ";\n",
  "const NameEntry kNames[] = {\n", rows(@name_rows), "};\n", "const int kNameCount = ", scalar(@name_rows), ";\n",
  "const NameEntry kAliases[] = {\n", rows(@alias_rows), "};\n", "const int kAliasCount = ", scalar(@alias_rows), ";\n",
  "const NameSequence kSequences[] = {\n", rows(@sequence_rows), "};\n", "const int kSequenceCount = ", scalar(@sequence_rows), ";\n",
  "const uint16_t kNameWords[] = {\n", rows(@stream), "};\n",
  "const uint32_t kWordOffsets[] = {\n", rows(@word_offsets), "};\n",
  "const char kWordText[] =\n", (map { '    ' . quoted($_) . "\n" } unpack '(A100)*', $word_text), "    ;\n",
  "\n}  // namespace krait::unicode\n";
close $out or die "make_unicode_data.pl: $ARGV[0]: $!\n";
