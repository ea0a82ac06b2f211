// OrderedDict: a dict that keeps its keys in an order of its own, in a doubly linked list.
//
//   OrderedDict { Dict..., first ---> OrderNode <--> OrderNode <--> OrderNode <--- last }
//                                        ^ nodes[entry of the dict's table]
//
// The array `nodes` leads from an entry of the table to its node. It is made when it is needed and goes with one table:
// when the dict has rebuilt its entries, the next lookup makes it anew. Keys that came or went behind our back
// (dict.__setitem__(od, ...)) are in the table without a node, or have a node without an entry: nothing here trusts one
// for the other.
#pragma once
#include "runtime/objects/dict_table.h"

namespace krait::collections {

struct OrderNode {
  OrderNode* previous;
  OrderNode* next;
  Value key;  // owned
  Hash hash;
  int64_t entry;  // in the table that `nodes` goes with; kAbsent: none
};

struct OrderedDict : Dict {
  OrderNode* first;
  OrderNode* last;
  OrderNode** nodes;             // null: not made
  const DictEntry* nodes_table;  // the entries that `nodes` goes with
  int64_t nodes_size;
  uint64_t state;  // changes with every link, so that iterators notice
};

extern Type ordered_dict_type;
inline OrderedDict* asOrdered(Value v) { return static_cast<OrderedDict*>(v.asObject()); }
inline bool isOrdered(Value v) { return isInstance(v, &ordered_dict_type); }
inline bool isExactOrdered(Value v) { return isExact(v, &ordered_dict_type); }

// The entry of a node, kAbsent when the dict has lost the key, kFindRaised.
int64_t entryOfNode(Thread& t, OrderedDict* od, OrderNode* node);
// KeyError of an ordered dict; unlike dict's, its argument is None or a tuple as the arguments of any exception are:
// none or several.
Raised keyIsMissing(Thread& t, Value key);

// Views and iterators: ordered_dict_views.cpp.
Ref<> orderedIterator(Thread& t, Value od);
Ref<> orderedReversed(Thread& t, Value od);
Ref<> orderedKeys(Thread& t, Value od);
Ref<> orderedValues(Thread& t, Value od);
Ref<> orderedItems(Thread& t, Value od);
[[nodiscard]] bool makeOrderedViews(Thread& t);

// What update(), the constructor and the operators do: items of a mapping or of pairs, through self's own __setitem__.
[[nodiscard]] bool updateMapping(Thread& t, Value self, Value other);
[[nodiscard]] bool updateMapping(Thread& t, Value self, Args args);

}  // namespace krait::collections
