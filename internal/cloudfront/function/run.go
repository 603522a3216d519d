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

// Run plays the function on a viewer request, for no longer than the limit and a
// little: the engine cannot be interrupted inside one regular expression.
func (f *Function) Run(v *Request, in Input) Outcome {
	done := make(chan Outcome, 1)
	go func() { done <- f.execute(v, in) }()
	late := time.NewTimer(in.Limit + time.Second)
	defer late.Stop()
	select {
	case out := <-done:
		return out
	case <-late.C:
		return Outcome{Refusal: f.threw(errors.New("time limit"))}
	}
}

// execute is Run without the bound on what cannot be interrupted.
func (f *Function) execute(v *Request, in Input) (out Outcome) {
	if f.Problem != nil {
		return Outcome{Refusal: trace.Undecided(rules.LayerFunction, f.Problem)}
	}
	if len(f.Code) > rules.MaxFunctionSize {
		return Outcome{Refusal: trace.Refuse(Size, f.Place, "function %s has %d bytes of code, at most %d are allowed, so the deploy fails",
			f.ID, len(f.Code), rules.MaxFunctionSize)}
	}
	program, err := f.compiled()
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

// prelude takes away what CloudFront's runtime does not have, and bounds what
// would take more than its 2 MB at one stroke.
const prelude = `(function () {
	delete globalThis.eval;
	var denied = function () { throw new TypeError('dynamic code evaluation is not supported'); };
	globalThis.Function = denied;
	Object.getPrototypeOf(function () {}).constructor = denied;
	['repeat', 'padStart', 'padEnd'].forEach(function (name) {
		var plain = String.prototype[name];
		String.prototype[name] = function (n, fill) {
			if (Number(n) * Math.max(1, String(this).length) > 2097152) { throw new RangeError('memory limit'); }
			return plain.call(this, n, fill);
		};
	});
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
