package lambdaedge

import "github.com/dop251/goja"

// source is what is run of a function.
type source struct{ ID, Place, Handler, Code string }

// machine is one run of a function.
type machine struct {
	f   *source
	vm  *goja.Runtime
	in  Input
	out Outcome
	// lacks is what the function asked for that is not here; "" for nothing.
	lacks string
}
