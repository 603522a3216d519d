package function

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

const (
	// startTime is how long a worker may take until it is ready.
	startTime = time.Minute
	// grace is how long a run may take beyond its limit: the engine ends a function at
	// the limit, but for what it does at one stroke.
	grace = time.Second
	// maxOutcome bounds what a worker sends back, in bytes.
	maxOutcome = 16 << 20
)

// Run runs the function on a viewer request, in bounded time and memory.
func (f *Function) Run(v *Request, in Input) Outcome {
	if f.Problem != nil {
		return Outcome{Refusal: trace.Undecided(rules.LayerFunction, f.Problem)}
	}
	if n := len(f.Code); n > rules.MaxFunctionSize {
		return Outcome{Refusal: trace.Refuse(Size, f.Place, "function %s has %d bytes of code, at most %d are allowed, so the deploy fails",
			f.ID, n, rules.MaxFunctionSize)}
	}
	atOnce <- struct{}{}
	defer func() { <-atOnce }()
	p, err := take()
	if err != nil {
		return Outcome{Refusal: trace.Refuse(Process, "", "the process for function %s does not start: %v", f.ID, err)}
	}
	out, err := p.run(task{Function{ID: f.ID, Place: f.Place, Code: f.Code, Stores: f.Stores}, *v, in})
	switch {
	case errors.Is(err, errMemory):
		return Outcome{Refusal: f.tooMuch()}
	case err != nil:
		return Outcome{Refusal: f.threw(err)}
	}
	select {
	case idle <- p:
	default:
		p.end(time.Second)
	}
	return out
}

// atOnce bounds how many functions run; idle are workers that wait for the next.
var (
	atOnce = make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))
	idle   = make(chan *process, cap(atOnce))
)

// process is a worker that has started.
type process struct {
	command *exec.Cmd
	tasks   *gob.Encoder
	results *gob.Decoder
	limited *io.LimitedReader
	pipes   []io.Closer
}

// take is an idle worker, or a new one.
func take() (*process, error) {
	select {
	case p := <-idle:
		return p, nil
	default:
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{command: &exec.Cmd{Path: program, Args: []string{workerName}}}
	in, err := p.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	p.pipes = []io.Closer{in, out}
	buffered := bufio.NewReader(out)
	p.limited = &io.LimitedReader{R: buffered}
	p.tasks, p.results = gob.NewEncoder(in), gob.NewDecoder(p.limited)
	if err := p.within(startTime, func() error { return awaitReady(buffered) }); err != nil {
		return nil, err
	}
	return p, nil
}

// awaitReady skips what the program prints before this package is there.
func awaitReady(r *bufio.Reader) error {
	for {
		line, err := r.ReadString('\n')
		if strings.HasSuffix(line, ready+"\n") {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it ends before it is ready: %w", err)
		}
	}
}

var (
	errTime   = errors.New("time limit")
	errMemory = errors.New("memory limit")
)

// run gives the worker a task. After an error the worker has ended.
func (p *process) run(t task) (out Outcome, err error) {
	p.limited.N = maxOutcome
	err = p.within(t.Input.Limit+grace, func() error {
		if err := p.tasks.Encode(t); err != nil {
			return err
		}
		return p.results.Decode(&out)
	})
	return out, err
}

// within bounds what is done with a worker. After an error the worker has ended.
func (p *process) within(limit time.Duration, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case err := <-done:
		if err == nil {
			return nil
		}
		if status := p.end(time.Second); status == exitMemory || status == exitCrash {
			return errMemory
		}
		return err
	case <-late.C:
		p.end(0)
		<-done
		return errTime
	}
}

// exitCrash is the exit status of a Go program that cannot have the memory it needs.
const exitCrash = 2

// end ends the worker, which has some time to do so by itself, and returns its exit
// status.
func (p *process) end(patience time.Duration) int {
	kill := time.AfterFunc(patience, func() { _ = p.command.Process.Kill() })
	defer kill.Stop()
	for _, pipe := range p.pipes {
		_ = pipe.Close()
	}
	_ = p.command.Wait() // the status says it
	return p.command.ProcessState.ExitCode()
}
