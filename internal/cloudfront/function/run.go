package function

import (
	"errors"

	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/javascript"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// workerName is the name under which the program is started to run functions.
const workerName = "cloudfront-function"

var workers = javascript.NewWorkers(workerName)

func init() {
	javascript.Serve(workerName, func(t task) Outcome { return t.Function.execute(&t.Request, t.Input) })
}

// task is one run, as it goes to a worker.
type task struct {
	Function Function
	Request  Request
	Input    Input
}

// Run runs the function on a viewer request, in bounded time and memory.
func (f *Function) Run(v *Request, in Input) Outcome {
	if f.Problem != nil {
		return Outcome{Refusal: trace.Undecided(rules.LayerFunction, f.Problem)}
	}
	if n := len(f.Code); n > rules.MaxFunctionSize {
		return Outcome{Refusal: trace.Refuse(Size, f.Place, "function %s has %d bytes of code, at most %d are allowed, so the deploy fails",
			f.ID, n, rules.MaxFunctionSize)}
	}
	out, err := javascript.Do[Outcome](workers, task{Function{ID: f.ID, Place: f.Place, Code: f.Code, Runtime: f.Runtime, Stores: f.Stores}, *v, in}, in.Limit)
	var start javascript.StartError
	switch {
	case errors.As(err, &start):
		return Outcome{Refusal: trace.Refuse(Process, "", "the process for function %s does not start: %v", f.ID, err)}
	case errors.Is(err, javascript.ErrMemory):
		return Outcome{Refusal: f.tooMuch()}
	case err != nil:
		return Outcome{Refusal: f.threw(err)}
	}
	return out
}
