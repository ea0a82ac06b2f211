// Methods of str that the table in str_methods.cpp takes from other files, and what those files share.
#pragma once
#include "runtime/core/error.h"
#include "runtime/core/native.h"
#include "runtime/objects/str.h"

namespace krait {

// v as a str, or null with TypeError; the message has one %s for the type's name.
Str* strArgument(Thread& t, Value v, const char* message) __attribute__((format(printf, 3, 0)));
// self itself, or its text as an exact str when self is of a subclass.
Ref<Str> exactStr(Thread& t, Value self);
bool isIdentifier(const Str* s);

// str_split.cpp
Ref<> strSplitMethod(Thread& t, Value self, const Value* args);
Ref<> strRSplitMethod(Thread& t, Value self, const Value* args);
Ref<> strSplitLinesMethod(Thread& t, Value self, const Value* args);
Ref<> strPartitionMethod(Thread& t, Value self, Value separator);
Ref<> strRPartitionMethod(Thread& t, Value self, Value separator);
Ref<> strJoinMethod(Thread& t, Value self, Value iterable);
// str_case.cpp
Ref<> strLowerMethod(Thread& t, Value self);
Ref<> strUpperMethod(Thread& t, Value self);
Ref<> strTitleMethod(Thread& t, Value self);
Ref<> strCapitalizeMethod(Thread& t, Value self);
Ref<> strCasefoldMethod(Thread& t, Value self);
Ref<> strSwapCaseMethod(Thread& t, Value self);
Ref<> strIsLowerMethod(Thread& t, Value self);
Ref<> strIsUpperMethod(Thread& t, Value self);
Ref<> strIsTitleMethod(Thread& t, Value self);
// str_translate.cpp
Ref<> strTranslateMethod(Thread& t, Value self, Value table);
Ref<> strMakeTransMethod(Thread& t, Value self, Args args);

}  // namespace krait
