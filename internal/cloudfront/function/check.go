package function

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Check finds what is wrong with the code of a function.
func (f *Function) Check(found *trace.Findings) {
	if f.Problem != nil {
		return
	}
	switch runtime := f.Place + ".FunctionConfig.Runtime"; {
	case f.Runtime != "cloudfront-js-1.0" && f.Runtime != "cloudfront-js-2.0":
		found.Add(Runtime, runtime, "there is no runtime %q", f.Runtime)
	case f.Runtime == "cloudfront-js-1.0" && f.Stores > 0:
		found.Add(Runtime, runtime, "function %s has a key value store, which the runtime %s does not have", f.ID, f.Runtime)
	}
	place := f.Place + ".FunctionCode"
	if n := len(f.Code); n > rules.MaxFunctionSize {
		found.Add(Size, place, "the function has %d bytes of code, at most %d are allowed", n, rules.MaxFunctionSize)
		return
	}
	if beyond := f.beyondFirst(); len(beyond) > 0 {
		found.Add(Runtime1, f.Place+".FunctionConfig.Runtime", "the code uses %s, which runtime cloudfront-js-1.0 does not have", strings.Join(beyond, ", "))
	}
	for _, what := range beyondRuntime(f.script()) {
		found.Add(Syntax, place, "the code uses %s, which CloudFront's runtime does not list", what)
	}
}
