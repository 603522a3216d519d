package function

import (
	"reflect"
	"slices"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
)

// beyondRuntime lists the syntax that the engine here takes and CloudFront's
// runtime does not list among its features (rule function.syntax).
func beyondRuntime(script string) []string {
	program, err := parser.ParseFile(nil, "function.js", script, 0)
	if err != nil {
		return nil // the function fails when it is run
	}
	var found []string
	walk(reflect.ValueOf(program.Body), 0, func(node any) {
		what := ""
		switch node.(type) {
		case *ast.ClassLiteral, *ast.ClassDeclaration:
			what = "a class"
		case *ast.ObjectPattern, *ast.ArrayPattern:
			what = "destructuring"
		case *ast.SpreadElement:
			what = "a spread"
		case *ast.Optional, *ast.OptionalChain:
			what = "optional chaining"
		case *ast.ForOfStatement:
			what = "for-of"
		}
		if what != "" && !slices.Contains(found, what) {
			found = append(found, what)
		}
	})
	slices.Sort(found)
	return found
}

// beyondFirst lists what the code uses that runtime 1.0 says it does not have; nothing
// for code of another runtime.
func (f *Function) beyondFirst() []string {
	if !f.first() {
		return nil
	}
	var found []string
	add := func(what string) {
		if !slices.Contains(found, what) {
			found = append(found, what)
		}
	}
	if imports.MatchString(f.Code) {
		add("import")
	}
	program, err := parser.ParseFile(nil, "function.js", f.Code, 0)
	if err != nil {
		program, err = parser.ParseFile(nil, "function.js", f.script(), 0)
	}
	if err != nil {
		return found
	}
	walk(reflect.ValueOf(program.Body), 0, func(node any) {
		switch n := node.(type) {
		case *ast.LexicalDeclaration:
			if !imports.MatchString(f.Code) || n.Token.String() == "let" {
				add(n.Token.String())
			}
		case *ast.ForLoopInitializerLexicalDecl:
			add(n.LexicalDeclaration.Token.String())
		case *ast.ForDeclaration:
			if n.IsConst {
				add("const")
			} else {
				add("let")
			}
		case *ast.AwaitExpression:
			add("await")
		case *ast.FunctionLiteral:
			if n.Async {
				add("async")
			}
		case *ast.ArrowFunctionLiteral:
			if n.Async {
				add("async")
			}
		}
	})
	slices.Sort(found)
	return found
}

// walk visits every node below v.
func walk(v reflect.Value, depth int, visit func(node any)) {
	if depth > 1000 {
		return
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer {
			if _, isFile := v.Interface().(*file.File); isFile {
				return
			}
			visit(v.Interface())
		}
		walk(v.Elem(), depth+1, visit)
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), depth+1, visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Name != "DeclarationList" {
				walk(v.Field(i), depth+1, visit)
			}
		}
	}
}
