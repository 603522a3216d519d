package function

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// execute runs the function on a viewer request. It ends at the limit, but for what
// the engine does at one stroke, such as a regular expression; and it takes the
// memory that the function asks for. [Function.Run] bounds both.
func (f *Function) execute(v *Request, in Input) (out Outcome) {
	program, err := goja.Compile("function.js", f.script(), false)
	if err != nil {
		return Outcome{Refusal: f.threw(err)}
	}
	vm := goja.New()
	vm.SetMaxCallStackSize(1000)
	ended := make(chan struct{})
	defer close(ended)
	go interrupt(vm, in.Limit, ended)
	defer func() {
		// A getter or a proxy of the returned object may throw while it is read.
		if r := recover(); r != nil {
			out = Outcome{Refusal: f.threw(fmt.Errorf("%v", r)), Logs: out.Logs}
		}
	}()

	m := &machine{vm: vm, f: f, in: in, run: &out}
	m.prepare()
	if _, err := vm.RunProgram(program); err != nil {
		out.Refusal = f.threw(err)
		return out
	}
	handler, err := vm.RunString("typeof handler === 'function' ? handler : undefined")
	if err != nil {
		out.Refusal = f.threw(err)
		return out
	}
	call, ok := goja.AssertFunction(handler)
	if !ok {
		out.Refusal = f.threw(errors.New("there is no function named handler"))
		return out
	}
	event, before := m.event(v)
	result, err := call(goja.Undefined(), event)
	if err != nil {
		out.Refusal = f.threw(err)
		return out
	}
	if promise, ok := result.Export().(*goja.Promise); ok {
		switch promise.State() {
		case goja.PromiseStateRejected:
			out.Refusal = f.threw(fmt.Errorf("%v", promise.Result()))
			return out
		case goja.PromiseStatePending:
			out.Refusal = f.threw(errors.New("its promise is never settled"))
			return out
		}
		result = promise.Result()
	}
	m.read(result, v, before)
	if out.size() > rules.MaxFunctionMemory {
		return Outcome{Refusal: f.tooMuch(), Logs: out.Logs}
	}
	return out
}

// interrupt ends the run after its limit. It does so again and again, because the
// engine forgets an interruption that comes between two promise jobs.
func interrupt(vm *goja.Runtime, limit time.Duration, ended <-chan struct{}) {
	wait := time.NewTimer(limit)
	defer wait.Stop()
	for {
		select {
		case <-ended:
			return
		case <-wait.C:
			vm.Interrupt("time limit")
			wait.Reset(time.Millisecond)
		}
	}
}

// prelude takes away what CloudFront's runtime does not have.
const prelude = `(function () {
	delete globalThis.eval;
	var denied = function () { throw new TypeError('dynamic code evaluation is not supported'); };
	globalThis.Function = denied;
	Object.getPrototypeOf(function () {}).constructor = denied;
})();`

func (m *machine) prepare() {
	vm := m.vm
	_, _ = vm.RunString(prelude) // the text above: it runs
	console := vm.NewObject()
	_ = console.Set("log", func(call goja.FunctionCall) goja.Value {
		var parts []string
		for _, a := range call.Arguments {
			parts = append(parts, trace.FirstLine(a.String()))
		}
		if len(m.run.Logs) < 100 {
			m.run.Logs = append(m.run.Logs, strings.Join(parts, " "))
		}
		return goja.Undefined()
	})
	_ = vm.Set("console", console)
	_ = vm.Set("require", func(name string) goja.Value {
		switch name {
		case "cloudfront":
			return m.cloudfront()
		case "crypto":
			return m.crypto()
		case "querystring":
			return m.querystring()
		}
		panic(vm.NewTypeError("module %q is not available here", name))
	})
}
