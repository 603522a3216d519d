package lambda

import (
	"fmt"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// Function is a function of the template.
type Function struct {
	// ID is its logical id, Place where it is in the template.
	ID, Place string
	name      string
	handler   string
	runtime   string
	inline    string // the text of Code.ZipFile
	idle      bool   // ReservedConcurrentExecutions is 0
	// unknown says that handler, runtime or code is not in the template; image that
	// the code is a container image.
	unknown, image bool
}

func readFunction(t *cfn.Template, r *cfn.Resource) *Function {
	p := t.Properties(r).Aside()
	code := p.Child("Code")
	f := &Function{ID: r.ID, Place: p.Place, handler: p.Text("Handler"), runtime: p.Text("Runtime"), inline: code.Text("ZipFile")}
	f.image = p.Text("PackageType") == "Image" || code.Has("ImageUri")
	f.idle = p.Text("ReservedConcurrentExecutions") == "0"
	f.unknown = !p.Known("Handler") || !p.Known("Runtime") || !p.Known("PackageType") || code.Err() != nil
	f.name, _ = Split(t.Ref(r))
	return f
}

// A Fault is why a function cannot answer.
type Fault struct {
	Place, Reason, Fix string
	// Deploy says that CloudFormation refuses the function.
	Deploy bool
}

// Fault finds what is certainly wrong with the function's handler; nil for nothing.
// (Lambda Developer Guide, "Deploy Python Lambda functions with .zip file archives";
// CloudFormation Template Reference, "AWS::Lambda::Function Code", ZipFile.)
func (f *Function) Fault() *Fault {
	if f.unknown || f.image {
		return nil
	}
	for _, required := range []struct{ name, value string }{{"Handler", f.handler}, {"Runtime", f.runtime}} {
		if required.value == "" {
			return &Fault{f.Place + "." + required.name, "function " + f.ID + " has no " + required.name + ", which a function that is not a container image must have",
				"set " + required.name, true}
		}
	}
	if f.inline == "" {
		return nil
	}
	node, python := strings.HasPrefix(f.runtime, "nodejs"), strings.HasPrefix(f.runtime, "python")
	if !node && !python {
		return &Fault{f.Place + ".Code.ZipFile", fmt.Sprintf("function %s has inline code and the runtime %s; inline code is for Node.js and Python", f.ID, f.runtime),
			"put the code into S3, or take a runtime of Node.js or Python", true}
	}
	module, export, found := strings.Cut(f.handler, ".")
	switch {
	case module != "index" || !found:
		return &Fault{f.Place + ".Handler", fmt.Sprintf("function %s has the handler %q, and CloudFormation puts inline code into the file index", f.ID, f.handler),
			"set Handler to index.<name of the function>", false}
	case !strings.Contains(f.inline, export):
		return &Fault{f.Place + ".Handler", fmt.Sprintf("function %s has the handler %q, and its inline code has no %s", f.ID, f.handler, export),
			"name a function of the code in Handler", false}
	}
	return nil
}

// Idle says that the function has a reserved concurrency of 0, so that Lambda runs it
// for nobody.
func (f *Function) Idle() bool { return f.idle }
