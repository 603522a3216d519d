package function

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/javascript"
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
	if beyond := f.beyondFirst(); len(beyond) > 0 {
		return Outcome{Refusal: trace.Refuse(Runtime1, f.Place+".FunctionConfig.Runtime", "function %s uses %s, which runtime cloudfront-js-1.0 does not have",
			f.ID, strings.Join(beyond, ", "))}
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
	defer func() { out.decide(f) }()
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

// OpenFix says what to do where a function met something that is not known.
const OpenFix = "give what the key value store holds, or try it on the deployed distribution"

// decide takes a refusal or an answer back that rests on what is not known.
func (o *Outcome) decide(f *Function) {
	if len(o.Open) == 0 || o.Refusal == nil && o.Response == nil {
		return
	}
	what := f.ID + " answers the viewer itself"
	if o.Refusal != nil {
		what = strings.TrimPrefix(o.Refusal.Reason, "function ")
	}
	o.Response = nil
	o.Refusal = trace.Refuse(trace.Unresolved, f.Place, "cannot decide: %s; without that, function %s", o.Open[0], what)
	o.Refusal.Layer, o.Refusal.Fix = rules.LayerFunction, OpenFix
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
	m.modules = javascript.Load(vm, m.f.first(), rules.MaxFunctionMemory)
	_, _ = vm.RunString(prelude) // the text above: it runs
	// The clock stands still while a function runs.
	start := time.Now()
	vm.SetTimeSource(func() time.Time { return start })
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
			if !m.f.first() {
				return m.cloudfront()
			}
		case "crypto":
			return m.modules.Crypto
		case "querystring":
			return m.modules.Querystring
		case "buffer":
			if !m.f.first() {
				return m.modules.Buffer
			}
		}
		panic(vm.NewTypeError("module %q is not available here", name))
	})
}
