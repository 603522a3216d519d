package function

import "github.com/dop251/goja"

// machine is one run of a function.
type machine struct {
	vm  *goja.Runtime
	f   *Function
	in  Input
	run *Outcome
}
