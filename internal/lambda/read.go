package lambda

import "github.com/websocket-distribution/websocket-distribution/internal/cfn"

// Functions are the functions of a template, and what lets others call them.
type Functions struct {
	functions   map[string]*Function    // by name
	permissions map[string][]permission // by the name of the function; "" for those that may be for any
	roles       map[string]*role        // by ARN
}

// Read reads a template.
func Read(t *cfn.Template) *Functions {
	l := &Functions{functions: map[string]*Function{}, permissions: map[string][]permission{}, roles: readRoles(t)}
	for _, r := range t.Of("AWS::Lambda::Function") {
		f := readFunction(t, r)
		l.functions[f.name] = f
	}
	for _, r := range t.Of("AWS::Lambda::Permission") {
		p := readPermission(t, r)
		name, _ := Split(p.function)
		l.permissions[name] = append(l.permissions[name], p)
	}
	return l
}

// Find returns the function of the template that text names, and the qualifier; nil
// for one that the template does not define.
func (l *Functions) Find(text string) (*Function, string) {
	name, qualifier := Split(text)
	if name == "" {
		return nil, qualifier
	}
	return l.functions[name], qualifier
}
