package function

import (
	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/javascript"
)

// machine is one run of a function.
type machine struct {
	vm      *goja.Runtime
	f       *Function
	in      Input
	run     *Outcome
	modules *javascript.Modules
}
