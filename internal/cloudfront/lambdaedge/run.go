package lambdaedge

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/javascript"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// workerName is the name under which the program is started to run functions.
const workerName = "lambda-at-edge"

var workers = javascript.NewWorkers(workerName)

func init() {
	javascript.Serve(workerName, func(t task) Outcome { return t.Source.execute(&t.Request, t.Input) })
}

// task is one run, as it goes to a worker.
type task struct {
	Source  source
	Request Request
	Input   Input
}

// Run plays the function on a request, in bounded time and memory.
func (a Association) Run(r *Request, in Input) Outcome {
	f := a.Function
	switch {
	case f == nil:
		return Outcome{Open: "the code of the Lambda@Edge function on " + in.Event + " is not in the template"}
	case f.code == "":
		return Outcome{Open: fmt.Sprintf("the code of Lambda@Edge function %s on %s is not in the template", f.ID, in.Event)}
	case !strings.HasPrefix(f.runtime, "nodejs"):
		return Outcome{Open: fmt.Sprintf("Lambda@Edge function %s on %s has the runtime %s, which is not played here", f.ID, in.Event, f.runtime)}
	}
	out, err := javascript.Do[Outcome](workers, task{source{f.ID, f.Place, f.handler, f.code}, *r, in}, in.Limit)
	if err != nil {
		return Outcome{Open: fmt.Sprintf("Lambda@Edge function %s takes more than can be played here: %v", f.ID, err)}
	}
	return out
}

// foreign are globals of Node.js that the engine does not have.
var foreign = regexp.MustCompile(`^ReferenceError: (URL|URLSearchParams|fetch|Headers|Request|Response|setTimeout|setInterval|setImmediate|clearTimeout|queueMicrotask|` +
	`structuredClone|AbortController|AbortSignal|performance|Intl|crypto|WebAssembly|__dirname|__filename|awslambda) is not defined`)

var esModule = regexp.MustCompile(`(?m)^\s*(export|import)\b`)

func (f *source) execute(r *Request, in Input) (out Outcome) {
	m := &machine{f: f, vm: goja.New(), in: in}
	m.vm.SetMaxCallStackSize(1000)
	ended := make(chan struct{})
	defer close(ended)
	go interrupt(m.vm, in.Limit, ended)
	defer func() {
		if p := recover(); p != nil {
			out = m.failed(fmt.Errorf("%v", p))
		}
	}()
	program, err := goja.Compile("index.js", "(function (exports, require, module, process) {"+f.Code+"\n})", false)
	if err != nil {
		if esModule.MatchString(f.Code) {
			return Outcome{Open: "Lambda@Edge function " + f.ID + " is an ES module, which is not played here"}
		}
		return Outcome{Open: fmt.Sprintf("Lambda@Edge function %s has syntax that is not played here: %s", f.ID, trace.FirstLine(err.Error()))}
	}
	handler, err := m.load(program)
	if err != nil {
		return m.failed(err)
	}
	result, err := m.call(handler, m.event(r))
	if err != nil {
		return m.failed(err)
	}
	if m.lacks != "" {
		return m.unplayed()
	}
	m.read(result, r)
	return m.out
}

// load runs the module and finds its handler.
func (m *machine) load(program *goja.Program) (goja.Callable, error) {
	vm := m.vm
	modules := javascript.Load(vm, false, 128<<20)
	console := vm.NewObject()
	for _, name := range []string{"log", "info", "warn", "error", "debug", "trace"} {
		_ = console.Set(name, func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	}
	_ = vm.Set("console", console)
	require := func(name string) goja.Value {
		switch strings.TrimPrefix(name, "node:") {
		case "crypto":
			return modules.Crypto
		case "querystring":
			return modules.Querystring
		case "buffer":
			return modules.Buffer
		}
		m.lacks = "the module " + name
		panic(vm.NewTypeError("module %q is not available here", name))
	}
	process := vm.NewObject()
	_ = process.Set("env", vm.NewObject())
	module, exports := vm.NewObject(), vm.NewObject()
	_ = module.Set("exports", exports)
	wrapper, err := vm.RunProgram(program)
	if err != nil {
		return nil, err
	}
	run, _ := goja.AssertFunction(wrapper)
	if _, err := run(exports, exports, vm.ToValue(require), module, process); err != nil {
		return nil, err
	}
	_, name, _ := strings.Cut(m.f.Handler, ".")
	if final, ok := module.Get("exports").(*goja.Object); ok {
		if handler, ok := goja.AssertFunction(final.Get(name)); ok {
			return handler, nil
		}
	}
	return nil, fmt.Errorf("there is no handler %q", m.f.Handler)
}

// call calls the handler and waits for what it returns, its promise or its callback.
func (m *machine) call(handler goja.Callable, event goja.Value) (goja.Value, error) {
	vm := m.vm
	var answer goja.Value
	var failure error
	callback := vm.ToValue(func(call goja.FunctionCall) goja.Value {
		if problem := call.Argument(0); answer == nil && failure == nil {
			if !goja.IsNull(problem) && !goja.IsUndefined(problem) {
				failure = errors.New(problem.String())
			} else {
				answer = call.Argument(1)
			}
		}
		return goja.Undefined()
	})
	context := vm.NewObject()
	for name, value := range map[string]any{"functionName": m.f.ID, "functionVersion": "1", "awsRequestId": m.in.RequestID, "succeed": nil, "fail": nil} {
		_ = context.Set(name, value)
	}
	_ = context.Set("getRemainingTimeInMillis", func(goja.FunctionCall) goja.Value { return vm.ToValue(5000) })
	result, err := handler(goja.Undefined(), event, context, callback)
	if err != nil {
		return nil, err
	}
	if promise, ok := result.Export().(*goja.Promise); ok {
		switch promise.State() {
		case goja.PromiseStateRejected:
			return nil, errors.New(promise.Result().String())
		case goja.PromiseStateFulfilled:
			return promise.Result(), failure
		}
		if answer == nil && failure == nil {
			m.lacks = "something to wait for"
		}
		return answer, failure
	}
	if answer == nil && failure == nil && goja.IsUndefined(result) && strings.Contains(m.f.Code, "callback") {
		m.lacks = "something to wait for"
	}
	return answer, failure
}

// failed is the outcome of a function that throws, or that the engine cannot run.
func (m *machine) failed(err error) Outcome {
	text := strings.TrimPrefix(err.Error(), "Uncaught ")
	if missing := foreign.FindStringSubmatch(text); missing != nil {
		m.lacks = missing[1]
	}
	var interrupted *goja.InterruptedError
	switch {
	case m.lacks != "":
		return m.unplayed()
	case errors.As(err, &interrupted) || slices.Contains([]string{"time limit"}, text):
		return Outcome{Open: "Lambda@Edge function " + m.f.ID + " takes too long to be played here"}
	}
	return Outcome{Refusal: trace.Refuse(Fails, m.f.Place+".Code", "Lambda@Edge function %s on %s throws: %s", m.f.ID, m.in.Event, trace.FirstLine(text))}
}

func (m *machine) unplayed() Outcome {
	return Outcome{Open: fmt.Sprintf("Lambda@Edge function %s on %s needs %s, which is not here", m.f.ID, m.in.Event, m.lacks)}
}

// interrupt ends the run after its limit, again and again, because the engine forgets
// an interruption that comes between two promise jobs.
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
