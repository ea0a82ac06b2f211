// Why a text is not Python: CPython's message and place for a syntax error.
//
// The parser only says no. The explainer then reads the text as CPython's parser does, by the grammar (grammar_text.cpp),
// with the same backtracking and the same memory, first without and then with the rules that recognise mistakes; so it
// makes the same mistakes about mistakes.
#pragma once

#include "frontend/diagnostic.h"
#include "frontend/syntax/unit.h"

namespace krait::frontend {

Diagnostic explain(const Unit& unit, bool too_deep);

// Interactive input may hold one statement. `next` is the first token that was not read.
bool hasSecondStatement(const Unit& unit, const Token* next);
Diagnostic explainSecondStatement(const Unit& unit, const Token* next);

}  // namespace krait::frontend
