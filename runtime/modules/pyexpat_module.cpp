// pyexpat: XML parsing by expat. xml.parsers.expat, xml.sax, xml.dom and xml.etree stand on it.
#include <expat.h>
#include <sys/random.h>

#include <climits>
#include <string>

#include "runtime/core/runtime.h"
#include "runtime/modules/arguments.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"

namespace krait {

namespace {

enum HandlerIndex : int {
#define HANDLER(attribute, setter, callback) k##attribute,
#include "runtime/modules/expat_handlers.def"
#undef HANDLER
  kHandlerCount
};
constexpr int64_t kDefaultBuffer = 8192, kFileChunk = 2048;

struct XmlParser : Object {
  XML_Parser parser;
  Value handlers[kHandlerCount];  // owned or empty
  Value intern;                   // owned dict or empty
  Value parent;                   // owned or empty: whose DTD an external entity's parser uses
  std::string* text;              // character data that waits, with buffer_text; owned or null
  int64_t buffer_size;
  bool ordered_attributes, specified_attributes, namespace_prefixes;
  bool in_callback;
};
Type *parser_type = nullptr, *expat_error = nullptr;
XmlParser* asParser(Value v) { return static_cast<XmlParser*>(v.asObject()); }
XmlParser* owner(void* data) { return static_cast<XmlParser*>(data); }

// --- values for handlers ---

Ref<> textOf(Thread& t, const XML_Char* text) {
  if (!text) return steal(kNone);
  return decodeText(t, text, NativeCodec::kUtf8, "strict");
}
// The same, shared with all equal ones of this parser.
Ref<> internedText(Thread& t, XmlParser* p, const XML_Char* text) {
  Ref<> v = textOf(t, text);
  if (!v || !p->intern) return v;
  Value known = dictGet(t, asDict(p->intern), v);
  if (known) return share(known);
  if (t.raised() || !dictSet(t, asDict(p->intern), v, v)) return kRaised;
  return v;
}

// Nothing more is parsed; what was raised comes out of Parse().
void stop(XmlParser* p) { XML_StopParser(p->parser, XML_FALSE); }

Ref<> callHandler(Thread& t, XmlParser* p, int index, const Value* values, size_t count) {
  Ref<> handler = share(p->handlers[index]), keep = share(Value(p));
  if (!handler) return steal(kNone);
  bool nested = std::exchange(p->in_callback, true);
  Ref<> result = call(t, handler, Args{values, count, nullptr});
  p->in_callback = nested;
  if (!result) stop(p);
  return result;
}
bool deliverText(Thread& t, XmlParser* p, std::string_view text) {
  Ref<> v = decodeText(t, text, NativeCodec::kUtf8, "strict");
  if (!v) {
    stop(p);
    return false;
  }
  Value values[] = {v};
  return bool(callHandler(t, p, kCharacterDataHandler, values, 1));
}
bool flushText(Thread& t, XmlParser* p) {
  if (!p->text || p->text->empty()) return true;
  std::string waiting;
  waiting.swap(*p->text);
  return deliverText(t, p, waiting);
}

// What every callback begins with: false when nothing is to be done (an error is pending, or no handler is there any
// more).
bool begin(Thread& t, XmlParser* p, int index) { return p->handlers[index] && !t.raised() && flushText(t, p); }

// Calls a handler with these values, unless making one of them failed. Empty: raised.
template <class... V>
Ref<> deliver(Thread& t, XmlParser* p, int index, V&&... values) {
  bool whole = (bool(Value(values)) && ...);
  if (!whole) {
    stop(p);
    return kRaised;
  }
  const Value array[] = {Value(values)..., Value()};
  return callHandler(t, p, index, array, sizeof...(values));
}
Value number(int64_t n) { return Value::fromInt(n); }

// --- callbacks ---

void onStartElement(void* data, const XML_Char* name, const XML_Char** attributes) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (!begin(t, p, kStartElementHandler)) return;
  int count = 0;
  if (p->specified_attributes) {
    count = XML_GetSpecifiedAttributeCount(p->parser);
  } else {
    while (attributes[count]) count += 2;
  }
  Ref<> container = p->ordered_attributes ? Ref<>(newList(t, count)) : Ref<>(newDict(t));
  bool good = bool(container);
  for (int i = 0; good && i < count; i += 2) {
    Ref<> key = internedText(t, p, attributes[i]), v = key ? textOf(t, attributes[i + 1]) : Ref<>();
    good = bool(v);
    if (good && p->ordered_attributes) {
      good = listAppend(t, asList(container), std::move(key)) && listAppend(t, asList(container), std::move(v));
    } else if (good) {
      good = dictSet(t, asDict(container), key, v);
    }
  }
  if (!good) return stop(p);
  (void)deliver(t, p, kStartElementHandler, internedText(t, p, name), container);
}
// Handlers whose arguments are texts, the first of them interned.
template <int index, class... Texts>
void textsHandler(void* data, Texts... texts) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (!begin(t, p, index)) return;
  Ref<> values[] = {internedText(t, p, texts)..., Ref<>()};
  Value array[sizeof...(texts) + 1];
  for (size_t i = 0; i < sizeof...(texts); ++i) {
    if (!values[i]) return stop(p);
    array[i] = values[i];
  }
  (void)callHandler(t, p, index, array, sizeof...(texts));
}
using Text = const XML_Char*;
void onEndElement(void* data, Text name) { textsHandler<kEndElementHandler>(data, name); }
void onProcessingInstruction(void* data, Text target, Text content) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (begin(t, p, kProcessingInstructionHandler)) {
    (void)deliver(t, p, kProcessingInstructionHandler, internedText(t, p, target), textOf(t, content));
  }
}
void onCharacterData(void* data, Text text, int length) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (t.raised()) return;
  std::string_view view(text, size_t(length));
  if (!p->text) {
    (void)deliverText(t, p, view);
    return;
  }
  if (int64_t(p->text->size() + view.size()) > p->buffer_size && !flushText(t, p)) return;
  if (!p->handlers[kCharacterDataHandler]) return;  // the handler may have taken itself away
  if (int64_t(view.size()) > p->buffer_size) {
    (void)deliverText(t, p, view);
  } else {
    p->text->append(view);
  }
}
void onUnparsedEntity(void* data, Text name, Text base, Text system, Text public_id, Text notation) {
  textsHandler<kUnparsedEntityDeclHandler>(data, name, base, system, public_id, notation);
}
void onNotation(void* data, Text name, Text base, Text system, Text public_id) {
  textsHandler<kNotationDeclHandler>(data, name, base, system, public_id);
}
void onStartNamespace(void* data, Text prefix, Text uri) {
  textsHandler<kStartNamespaceDeclHandler>(data, prefix, uri);
}
void onEndNamespace(void* data, Text prefix) { textsHandler<kEndNamespaceDeclHandler>(data, prefix); }
void onComment(void* data, Text text) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (begin(t, p, kCommentHandler)) (void)deliver(t, p, kCommentHandler, textOf(t, text));
}
void onStartCdata(void* data) { textsHandler<kStartCdataSectionHandler>(data); }
void onEndCdata(void* data) { textsHandler<kEndCdataSectionHandler>(data); }
template <int index>
void defaultHandler(void* data, Text text, int length) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (!begin(t, p, index)) return;
  (void)deliver(t, p, index, decodeText(t, {text, size_t(length)}, NativeCodec::kUtf8, "strict"));
}
void onDefault(void* data, Text text, int length) { defaultHandler<kDefaultHandler>(data, text, length); }
void onDefaultExpand(void* data, Text text, int length) { defaultHandler<kDefaultHandlerExpand>(data, text, length); }
// The answer of a handler that decides whether parsing goes on.
int decision(Thread& t, XmlParser* p, Ref<> result) {
  if (!result) return 0;
  int64_t answer = toInt64(t, result);
  if (t.raised()) stop(p);
  return t.raised() ? 0 : int(answer);
}
int onNotStandalone(void* data) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (!begin(t, p, kNotStandaloneHandler)) return 0;
  return decision(t, p, deliver(t, p, kNotStandaloneHandler));
}
int onExternalEntity(XML_Parser parser, Text context, Text base, Text system, Text public_id) {
  XmlParser* p = owner(XML_GetUserData(parser));
  Thread& t = Thread::current();
  if (!begin(t, p, kExternalEntityRefHandler)) return 0;
  return decision(t, p,
                  deliver(t, p, kExternalEntityRefHandler, textOf(t, context), internedText(t, p, base),
                          internedText(t, p, system), internedText(t, p, public_id)));
}
void onStartDoctype(void* data, Text name, Text system, Text public_id, int has_internal) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (!begin(t, p, kStartDoctypeDeclHandler)) return;
  (void)deliver(t, p, kStartDoctypeDeclHandler, internedText(t, p, name), internedText(t, p, system),
                internedText(t, p, public_id), number(has_internal));
}
void onEndDoctype(void* data) { textsHandler<kEndDoctypeDeclHandler>(data); }
void onEntity(void* data, Text name, int is_parameter, Text content, int length, Text base, Text system, Text public_id,
              Text notation) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (!begin(t, p, kEntityDeclHandler)) return;
  Ref<> text = content ? Ref<>(decodeText(t, {content, size_t(length)}, NativeCodec::kUtf8, "strict")) : steal(kNone);
  (void)deliver(t, p, kEntityDeclHandler, internedText(t, p, name), number(is_parameter), text,
                internedText(t, p, base), internedText(t, p, system), internedText(t, p, public_id),
                internedText(t, p, notation));
}
void onXmlDeclaration(void* data, Text version, Text encoding, int standalone) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (begin(t, p, kXmlDeclHandler))
    (void)deliver(t, p, kXmlDeclHandler, textOf(t, version), textOf(t, encoding), number(standalone));
}
// A content model as nested tuples: (type, quantifier, name, children).
Ref<> modelTuple(Thread& t, XmlParser* p, XML_Content* model) {
  NativeScope scope(t, " in conv_content_model");
  if (!scope) return kRaised;
  Ref<Tuple> children = newTupleBlank(t, model->numchildren);
  for (unsigned i = 0; children && i < model->numchildren; ++i) {
    Ref<> child = modelTuple(t, p, &model->children[i]);
    if (!child) return kRaised;
    children->items[i] = child.leak();
  }
  Ref<> name = children ? textOf(t, model->name) : Ref<>();
  return name ? packTuple(t, number(model->type), number(model->quant), name.value(), Value(children)) : Ref<Tuple>();
}
void onElementDeclaration(void* data, Text name, XML_Content* model) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (begin(t, p, kElementDeclHandler)) {
    Ref<> shape = modelTuple(t, p, model);
    (void)deliver(t, p, kElementDeclHandler, internedText(t, p, name), shape);
  }
  XML_FreeContentModel(p->parser, model);
}
void onAttributeList(void* data, Text element, Text name, Text type, Text fallback, int required) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (!begin(t, p, kAttlistDeclHandler)) return;
  (void)deliver(t, p, kAttlistDeclHandler, internedText(t, p, element), internedText(t, p, name), textOf(t, type),
                textOf(t, fallback), number(required));
}
void onSkippedEntity(void* data, Text name, int is_parameter) {
  XmlParser* p = owner(data);
  Thread& t = Thread::current();
  if (begin(t, p, kSkippedEntityHandler))
    (void)deliver(t, p, kSkippedEntityHandler, internedText(t, p, name), number(is_parameter));
}

// Encodings that expat does not know: any one-byte codec of Python's.
int onUnknownEncoding(void*, Text name, XML_Encoding* info) {
  Thread& t = Thread::current();
  if (t.raised()) return XML_STATUS_ERROR;
  char all[256];
  for (int i = 0; i < 256; ++i) all[i] = char(i);
  Ref<Bytes> bytes = newBytes(t, {all, 256});
  Ref<Str> encoding = newStrUtf8(t, name);
  if (!bytes || !encoding) return XML_STATUS_ERROR;
  Value args[] = {encoding, Value(internStatic("replace"))};
  Ref<> text = callMethod(t, bytes, "decode", Args{args, 2, nullptr});
  if (!text) return XML_STATUS_ERROR;
  if (!isStr(text) || asStr(text)->length != 256) {
    raise(t, exc::ValueError, "multi-byte encodings are not supported");
    return XML_STATUS_ERROR;
  }
  for (int i = 0; i < 256; ++i) {
    uint32_t c = asStr(text)->at(i);
    info->map[i] = c == 0xFFFD ? -1 : int(c);
  }
  info->data = nullptr;
  info->convert = nullptr;
  info->release = nullptr;
  return XML_STATUS_OK;
}

void setHandler(XmlParser* p, int index, bool on) {
  switch (index) {
#define HANDLER(attribute, setter, callback) \
  case k##attribute: setter(p->parser, on ? callback : nullptr); return;
#include "runtime/modules/expat_handlers.def"
#undef HANDLER
    default: return;
  }
}

// --- making ---

XmlParser* allocateParser(Thread& t, XML_Parser parser) {
  XmlParser* p = parser ? allocateInstance<XmlParser>(parser_type) : nullptr;
  if (!p) {
    if (parser) XML_ParserFree(parser);
    return raiseNoMemory(t);
  }
  memset(reinterpret_cast<char*>(p) + sizeof(Object), 0, sizeof(XmlParser) - sizeof(Object));
  p->parser = parser;
  p->buffer_size = kDefaultBuffer;
  XML_SetUserData(parser, p);
  XML_SetUnknownEncodingHandler(parser, onUnknownEncoding, nullptr);
  return p;
}
void clearParser(Object* self) {
  XmlParser* p = static_cast<XmlParser*>(self);
  for (int i = 0; i < kHandlerCount; ++i) {
    if (!p->handlers[i]) continue;
    setHandler(p, i, false);
    assign(p->handlers[i], Ref<>());
  }
  assign(p->intern, Ref<>());
}
void deallocParser(Object* self) {
  XmlParser* p = static_cast<XmlParser*>(self);
  clearParser(self);
  XML_ParserFree(p->parser);
  delete p->text;
  release(p->parent);
  freeInstance(self);
}
void traverseParser(Object* self, Visitor& visitor) {
  XmlParser* p = static_cast<XmlParser*>(self);
  for (Value v : p->handlers) visitor.visit(v);
  visitor.visit(p->intern);
  visitor.visit(p->parent);
}
bool textOrNone(Thread& t, const char* what, Value v, Utf8* out, const char** text) {
  *text = nullptr;
  if (v.isNone()) return true;
  if (!isStr(v)) return raise(t, exc::TypeError, "%s must be str or None, not %s", what, typeName(v));
  if (!textArgument(t, what, v, out)) return false;
  *text = out->c_str();
  return true;
}
Ref<> parserCreate(Thread& t, Value, const Value* args) {
  Utf8 encoding, separator;
  const char *encoding_name, *separator_text;
  if (!textOrNone(t, "ParserCreate() argument 'encoding'", args[0], &encoding, &encoding_name) ||
      !textOrNone(t, "ParserCreate() argument 'namespace_separator'", args[1], &separator, &separator_text)) {
    return kRaised;
  }
  if (separator_text && strlen(separator_text) > 1) {
    return raise(t, exc::ValueError, "namespace_separator must be at most one character, omitted, or None");
  }
  if (args[2] && !args[2].isNone() && !isDict(args[2])) return raise(t, exc::TypeError, "intern must be a dictionary");
  Ref<> intern = args[2] ? args[2].isNone() ? Ref<>() : share(args[2]) : Ref<>(newDict(t));
  if (t.raised()) return kRaised;
  XmlParser* p = allocateParser(t, XML_ParserCreate_MM(encoding_name, nullptr, separator_text));
  if (!p) return kRaised;
  unsigned long salt;
  if (getrandom(&salt, sizeof salt, GRND_NONBLOCK) == sizeof salt) XML_SetHashSalt(p->parser, salt);
  p->intern = intern.leak();
  return steal(Value(p));
}
Ref<> externalParser(Thread& t, Value self, const Value* args) {
  XmlParser* p = asParser(self);
  Utf8 context, encoding;
  const char *context_text, *encoding_name = nullptr;
  if (!textOrNone(t, "ExternalEntityParserCreate() argument 1", args[0], &context, &context_text)) return kRaised;
  if (args[1] && !textArgument(t, "ExternalEntityParserCreate() argument 2", args[1], &encoding)) return kRaised;
  if (args[1]) encoding_name = encoding.c_str();
  XmlParser* made = allocateParser(t, XML_ExternalEntityParserCreate(p->parser, context_text, encoding_name));
  if (!made) return kRaised;
  made->ordered_attributes = p->ordered_attributes;
  made->specified_attributes = p->specified_attributes;
  made->namespace_prefixes = p->namespace_prefixes;
  made->buffer_size = p->buffer_size;
  if (p->text) made->text = new std::string();
  made->intern = share(p->intern).leak();
  made->parent = share(self).leak();
  for (int i = 0; i < kHandlerCount; ++i) {
    made->handlers[i] = share(p->handlers[i]).leak();
    if (made->handlers[i]) setHandler(made, i, true);
  }
  return steal(Value(made));
}

// --- parsing ---

Raised raiseExpat(Thread& t, XmlParser* p, XML_Error code) {
  long long line = static_cast<long long>(XML_GetErrorLineNumber(p->parser)),
            column = static_cast<long long>(XML_GetErrorColumnNumber(p->parser));
  Ref<Str> message = strFormat(t, "%s: line %lld, column %lld", XML_ErrorString(code), line, column);
  Ref<> exception = message ? call(t, Value(expat_error), message) : Ref<>();
  if (!exception || !setAttr(t, exception, internStatic("code"), number(code)) ||
      !setAttr(t, exception, internStatic("offset"), number(column)) ||
      !setAttr(t, exception, internStatic("lineno"), number(line))) {
    return kRaised;
  }
  return raiseInstance(t, std::move(exception));
}
Ref<> parseResult(Thread& t, XmlParser* p, int status) {
  if (t.raised()) return kRaised;
  if (status == XML_STATUS_ERROR) return raiseExpat(t, p, XML_GetErrorCode(p->parser));
  if (!flushText(t, p)) return kRaised;
  return newInt(t, status);
}
Ref<> parse(Thread& t, Value self, const Value* args) {
  XmlParser* p = asParser(self);
  int final = truth(t, args[1]);
  if (final < 0) return kRaised;
  Utf8 utf8;
  Buffer buffer;
  std::string_view text;
  if (isStr(args[0])) {
    if (!utf8.set(t, asStr(args[0]))) return kRaised;
    text = utf8.view();
    (void)XML_SetEncoding(p->parser, "utf-8");
  } else {
    if (!buffer.get(t, args[0])) return kRaised;
    text = buffer.view();
  }
  Ref<> keep = share(self);
  constexpr size_t kMost = 1 << 20;
  int status = XML_STATUS_OK;
  while (status != XML_STATUS_ERROR && !t.raised()) {
    size_t size = std::min(text.size(), kMost);
    bool last = size == text.size();
    status = XML_Parse(p->parser, text.data(), int(size), last && final);
    text.remove_prefix(size);
    if (last) break;
  }
  return parseResult(t, p, status);
}
Ref<> parseFile(Thread& t, Value self, Value file) {
  XmlParser* p = asParser(self);
  Ref<> read = getAttrOrEmpty(t, file, internStatic("read")), keep = share(self);
  if (t.raised()) return kRaised;
  if (!read) return raise(t, exc::TypeError, "argument must have 'read' attribute");
  for (;;) {
    Ref<> chunk = call(t, read, number(kFileChunk));
    if (!chunk) return kRaised;
    if (!isBytes(chunk) && !isByteArray(chunk)) {
      return raise(t, exc::TypeError, "read() did not return a bytes object (type=%.400s)", typeName(chunk));
    }
    Buffer data;
    if (!data.get(t, chunk)) return kRaised;
    if (int64_t(data.size()) > kFileChunk) {
      return raise(t, exc::ValueError, "read() returned too much data: %lld bytes requested, %zu returned",
                   static_cast<long long>(kFileChunk), data.size());
    }
    int status = XML_Parse(p->parser, data.chars(), int(data.size()), data.size() == 0);
    if (status == XML_STATUS_ERROR || t.raised() || data.size() == 0) return parseResult(t, p, status);
  }
}
Ref<> setBase(Thread& t, Value self, Value base) {
  Utf8 text;
  if (!textArgument(t, "SetBase() argument", base, &text)) return kRaised;
  return XML_SetBase(asParser(self)->parser, text.c_str()) ? steal(kNone) : Ref<>(raiseNoMemory(t));
}
Ref<> getBase(Thread& t, Value self) { return textOf(t, XML_GetBase(asParser(self)->parser)); }
Ref<> inputContext(Thread& t, Value self) {
  XmlParser* p = asParser(self);
  if (!p->in_callback) return steal(kNone);
  int offset, size;
  const char* buffer = XML_GetInputContext(p->parser, &offset, &size);
  return buffer ? Ref<>(newBytes(t, {buffer + offset, size_t(size - offset)})) : steal(kNone);
}
Ref<> parameterEntities(Thread& t, Value self, Value flag) {
  int64_t n = toInt64(t, flag);
  if (t.raised()) return kRaised;
  return newInt(t, XML_SetParamEntityParsing(asParser(self)->parser, XML_ParamEntityParsing(n)));
}
Ref<> foreignDtd(Thread& t, Value self, const Value* args) {
  int on = truth(t, args[0]);
  if (on < 0) return kRaised;
  XML_Error code = XML_UseForeignDTD(asParser(self)->parser, XML_Bool(on));
  return code == XML_ERROR_NONE ? steal(kNone) : Ref<>(raiseExpat(t, asParser(self), code));
}

// --- attributes ---

template <int index>
Ref<> getHandler(Thread&, Value self) {
  Value v = asParser(self)->handlers[index];
  return v ? share(v) : steal(kNone);
}
template <int index>
bool assignHandler(Thread& t, Value self, Value v) {
  XmlParser* p = asParser(self);
  if (!v) return raise(t, exc::RuntimeError, "Cannot delete attribute");
  // What was collected belongs to the old handler.
  if (index == kCharacterDataHandler && !flushText(t, p)) return false;
  bool on = !v.isNone();
  assign(p->handlers[index], on ? share(v) : Ref<>());
  // Within a callback expat may be about to call the one that goes: ours stays and finds nothing to call.
  if (on || index != kCharacterDataHandler || !p->in_callback) setHandler(p, index, on);
  return true;
}
template <bool XmlParser::* field>
Ref<> getFlag(Thread&, Value self) {
  return steal(Value::fromBool(asParser(self)->*field));
}
template <bool XmlParser::* field>
bool setFlag(Thread& t, Value self, Value v) {
  if (!v) return raise(t, exc::RuntimeError, "Cannot delete attribute");
  int on = truth(t, v);
  if (on < 0) return false;
  asParser(self)->*field = on;
  if (field == &XmlParser::namespace_prefixes) XML_SetReturnNSTriplet(asParser(self)->parser, on);
  return true;
}
Ref<> getBufferText(Thread&, Value self) { return steal(Value::fromBool(asParser(self)->text)); }
bool setBufferText(Thread& t, Value self, Value v) {
  XmlParser* p = asParser(self);
  if (!v) return raise(t, exc::RuntimeError, "Cannot delete attribute");
  int on = truth(t, v);
  if (on < 0) return false;
  if (on && !p->text) p->text = new std::string();
  if (!on && p->text) {
    if (!flushText(t, p)) return false;
    delete std::exchange(p->text, nullptr);
  }
  return true;
}
Ref<> getBufferSize(Thread& t, Value self) { return newInt(t, asParser(self)->buffer_size); }
bool setBufferSize(Thread& t, Value self, Value v) {
  XmlParser* p = asParser(self);
  if (!v) return raise(t, exc::RuntimeError, "Cannot delete attribute");
  if (!isIntLike(v)) return raise(t, exc::TypeError, "buffer_size must be an integer");
  int64_t size = toInt64(t, v);
  if (t.raised()) return false;
  if (size <= 0) return raise(t, exc::ValueError, "buffer_size must be greater than zero");
  if (size > INT_MAX) return raise(t, exc::ValueError, "buffer_size must not be greater than %i", INT_MAX);
  if (size != p->buffer_size && !flushText(t, p)) return false;
  p->buffer_size = size;
  return true;
}
Ref<> getBufferUsed(Thread& t, Value self) {
  return newInt(t, asParser(self)->text ? int64_t(asParser(self)->text->size()) : 0);
}
template <auto function>
Ref<> position(Thread& t, Value self) {
  return newInt(t, int64_t(function(asParser(self)->parser)));
}

const GetSetDef kGetSets[] = {
#define HANDLER(attribute, setter, callback) \
  {#attribute, getHandler<k##attribute>, assignHandler<k##attribute>, nullptr},
#include "runtime/modules/expat_handlers.def"
#undef HANDLER
    {"ErrorCode", position<XML_GetErrorCode>, nullptr, nullptr},
    {"ErrorLineNumber", position<XML_GetErrorLineNumber>, nullptr, nullptr},
    {"ErrorColumnNumber", position<XML_GetErrorColumnNumber>, nullptr, nullptr},
    {"ErrorByteIndex", position<XML_GetErrorByteIndex>, nullptr, nullptr},
    {"CurrentLineNumber", position<XML_GetCurrentLineNumber>, nullptr, nullptr},
    {"CurrentColumnNumber", position<XML_GetCurrentColumnNumber>, nullptr, nullptr},
    {"CurrentByteIndex", position<XML_GetCurrentByteIndex>, nullptr, nullptr},
    {"buffer_size", getBufferSize, setBufferSize, nullptr},
    {"buffer_text", getBufferText, setBufferText, nullptr},
    {"buffer_used", getBufferUsed, nullptr, nullptr},
    {"namespace_prefixes", getFlag<&XmlParser::namespace_prefixes>, setFlag<&XmlParser::namespace_prefixes>, nullptr},
    {"ordered_attributes", getFlag<&XmlParser::ordered_attributes>, setFlag<&XmlParser::ordered_attributes>, nullptr},
    {"specified_attributes", getFlag<&XmlParser::specified_attributes>, setFlag<&XmlParser::specified_attributes>,
     nullptr},
    {},
};
const MemberDef kMembers[] = {{"intern", MemberType::kValueOrNone, true, offsetof(XmlParser, intern), nullptr}, {}};
const MethodDef kMethods[] = {
    method("Parse", parse, "($self, data, isfinal=False, /)", "Parse XML data."),
    method("ParseFile", parseFile, "($self, file, /)", "Parse XML data from a file-like object."),
    method("SetBase", setBase, "($self, base, /)", "Set the base URL for the parser."),
    method("GetBase", getBase, "($self, /)", "Return base URL string for the parser."),
    method("GetInputContext", inputContext, "($self, /)",
           "The untranslated text of the input that caused the current event."),
    method("ExternalEntityParserCreate", externalParser, "($self, context, encoding=<none>, /)",
           "A parser for an external entity."),
    method("SetParamEntityParsing", parameterEntities, "($self, flag, /)",
           "Control the parsing of parameter entities."),
    method("UseForeignDTD", foreignDtd, "($self, flag=True, /)",
           "Let the application provide an artificial external subset."),
    {},
};

// --- the module ---

Ref<> errorString(Thread& t, Value, Value code) {
  int64_t n = toInt64(t, code);
  if (t.raised()) return kRaised;
  return textOf(t, XML_ErrorString(XML_Error(n)));
}
const MethodDef kFunctions[] = {
    method("ParserCreate", parserCreate, "($module, /, encoding=None, namespace_separator=None, intern=<none>)",
           "Return a new XML parser object."),
    method("ErrorString", errorString, "($module, code, /)", "Returns string error for given number."),
    {},
};

// A module inside this one, known to `import` as well.
Ref<ModuleObject> submodule(Thread& t, ModuleObject* m, const char* name, const char* full_name, const char* doc) {
  Ref<Str> text = newStrUtf8(t, full_name), about = newStrUtf8(t, doc);
  Ref<ModuleObject> made = text && about ? newModule(t, text, about) : Ref<ModuleObject>();
  if (!made || !dictSet(t, interpreterOf(t).modules, text, made) || !moduleAdd(t, m, name, share(Value(made))))
    return kRaised;
  return made;
}
bool addErrors(Thread& t, ModuleObject* m) {
  static const IntConstant kErrors[] = {
#define ERROR(name) {#name, name},
#include "runtime/modules/expat_errors.def"
#undef ERROR
  };
  Ref<ModuleObject> errors =
      submodule(t, m, "errors", "pyexpat.errors", "Constants used to describe error conditions.");
  Ref<Dict> codes = newDict(t), messages = newDict(t);
  if (!errors || !codes || !messages) return false;
  for (const IntConstant& e : kErrors) {
    Ref<> message = textOf(t, XML_ErrorString(XML_Error(e.value)));
    if (!message || !dictSet(t, codes.get(), message, number(e.value)) ||
        !dictSet(t, messages.get(), number(e.value), message) ||
        !moduleAdd(t, errors.get(), e.name, std::move(message))) {
      return false;
    }
  }
  return moduleAdd(t, errors.get(), "codes", std::move(codes)) &&
         moduleAdd(t, errors.get(), "messages", std::move(messages));
}
bool addModel(Thread& t, ModuleObject* m) {
  static const IntConstant kModel[] = {
#define CONSTANT(name) {#name, name},
      CONSTANT(XML_CTYPE_EMPTY) CONSTANT(XML_CTYPE_ANY) CONSTANT(XML_CTYPE_MIXED) CONSTANT(XML_CTYPE_NAME)
          CONSTANT(XML_CTYPE_CHOICE) CONSTANT(XML_CTYPE_SEQ) CONSTANT(XML_CQUANT_NONE) CONSTANT(XML_CQUANT_OPT)
              CONSTANT(XML_CQUANT_REP) CONSTANT(XML_CQUANT_PLUS)
#undef CONSTANT
  };
  Ref<ModuleObject> model =
      submodule(t, m, "model", "pyexpat.model", "Constants used to interpret content model information.");
  return model && addIntConstants(t, model.get(), kModel);
}
bool addFeatures(Thread& t, ModuleObject* m) {
  Ref<List> list = newList(t);
  for (const XML_Feature* f = XML_GetFeatureList(); list && f->feature != XML_FEATURE_END; ++f) {
    Ref<Str> name = newStrUtf8(t, f->name);
    if (!name || !listAppend(t, list.get(), packTuple(t, Value(name), number(f->value)))) return false;
  }
  return moduleAdd(t, m, "features", std::move(list));
}
bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(XmlParser),
                             .doc = "XML parser",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .members = kMembers,
                             .dealloc = deallocParser,
                             .traverse = traverseParser,
                             .clear = clearParser};
  static const IntConstant kConstants[] = {
      {"XML_PARAM_ENTITY_PARSING_NEVER", XML_PARAM_ENTITY_PARSING_NEVER},
      {"XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE},
      {"XML_PARAM_ENTITY_PARSING_ALWAYS", XML_PARAM_ENTITY_PARSING_ALWAYS}};
  Ref<Type> type =
      makeNativeType(t, spec, "pyexpat.xmlparser", nullptr, kTypeCollectable | kTypeFinal | kTypeDisallowNew);
  Ref<Type> error = newExceptionType(t, "xml.parsers.expat.ExpatError", &exc::Exception);
  if (!type || !error) return false;
  parser_type = type.get();
  expat_error = error.get();
  XML_Expat_Version version = XML_ExpatVersionInfo();
  return moduleAdd(t, m, "XMLParserType", std::move(type)) && moduleAdd(t, m, "error", share(Value(error))) &&
         moduleAdd(t, m, "ExpatError", std::move(error)) && addIntConstants(t, m, kConstants) &&
         moduleAdd(t, m, "EXPAT_VERSION", newStrUtf8(t, XML_ExpatVersion())) &&
         moduleAdd(t, m, "native_encoding", newStrUtf8(t, "UTF-8")) &&
         moduleAdd(t, m, "version_info",
                   packTuple(t, number(version.major), number(version.minor), number(version.micro))) &&
         addFeatures(t, m) && addErrors(t, m) && addModel(t, m);
}

}  // namespace

const ModuleDef& pyexpatModule() {
  static const ModuleDef def{"pyexpat", "Python wrapper for Expat parser.", kFunctions, init};
  return def;
}

}  // namespace krait
