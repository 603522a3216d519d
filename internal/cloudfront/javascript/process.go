package javascript

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
)

const (
	// startTime is how long a worker may take until it is ready.
	startTime = time.Minute
	// grace is how long a run may take beyond its limit: the engine ends a function at
	// the limit, but for what it does at one stroke.
	grace = time.Second
	// maxResult bounds what a worker sends back, in bytes.
	maxResult = 16 << 20
)

// ErrTime and ErrMemory say that a run took more than it may; a [StartError] that there
// is no process for it.
var (
	ErrTime   = errors.New("time limit")
	ErrMemory = errors.New("memory limit")
)

// StartError says that a worker does not start.
type StartError struct{ Err error }

func (e StartError) Error() string { return e.Err.Error() }

// Workers are the processes of one name.
type Workers struct {
	name string
	// atOnce bounds how many tasks run; idle are workers that wait for the next.
	atOnce chan struct{}
	idle   chan *process
}

// NewWorkers makes the workers that [Serve] serves under a name. None is started yet.
func NewWorkers(name string) *Workers {
	n := max(2, runtime.GOMAXPROCS(0))
	return &Workers{name, make(chan struct{}, n), make(chan *process, n)}
}

// Do has a worker run a task, for no longer than the limit and a little.
func Do[Result, Task any](w *Workers, task Task, limit time.Duration) (Result, error) {
	var result Result
	w.atOnce <- struct{}{}
	defer func() { <-w.atOnce }()
	p, err := w.take()
	if err != nil {
		return result, StartError{err}
	}
	p.limited.N = maxResult
	err = p.within(limit+grace, func() error {
		if err := p.tasks.Encode(task); err != nil {
			return err
		}
		return p.results.Decode(&result)
	})
	if err != nil {
		return result, err // the worker has ended
	}
	select {
	case w.idle <- p:
	default:
		p.end(time.Second)
	}
	return result, nil
}

// process is a worker that has started.
type process struct {
	command *exec.Cmd
	tasks   *gob.Encoder
	results *gob.Decoder
	limited *io.LimitedReader
	pipes   []io.Closer
}

// take is an idle worker, or a new one.
func (w *Workers) take() (*process, error) {
	select {
	case p := <-w.idle:
		return p, nil
	default:
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{command: &exec.Cmd{Path: program, Args: []string{w.name}}}
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
			return ErrMemory
		}
		return err
	case <-late.C:
		p.end(0)
		<-done
		return ErrTime
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
