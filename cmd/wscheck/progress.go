package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// progress draws what is being done on a terminal, once it has taken longer than
// patience. Close it before anything else is printed.
type progress struct {
	w        io.Writer
	patience time.Duration
	start    time.Time
	end      chan struct{}
	ended    sync.WaitGroup

	mu       sync.Mutex
	what     string
	done, of int
}

// newProgress draws on w, which is a terminal.
func newProgress(w io.Writer, patience, every time.Duration) *progress {
	p := &progress{w: w, patience: patience, start: time.Now(), end: make(chan struct{})}
	p.ended.Add(1)
	go func() {
		defer p.ended.Done()
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		drawn := false
		for {
			select {
			case <-p.end:
				if drawn {
					fmt.Fprintf(p.w, "\r%70s\r", "")
				}
				return
			case <-ticker.C:
				if since := time.Since(p.start); since >= p.patience {
					drawn = true
					fmt.Fprintf(p.w, "\r%-70s", p.line(since))
				}
			}
		}
	}()
	return p
}

// step says what is being done, and how many of how many are done.
func (p *progress) step(what string, done, of int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what, p.done, p.of = what, done, of
}

// line is what is drawn.
func (p *progress) line(since time.Duration) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of < 2 {
		return fmt.Sprintf("%s … %d s", p.what, int(since.Seconds()))
	}
	full := 30 * p.done / p.of
	return fmt.Sprintf("%-8s [%s%s] %d/%d", p.what, strings.Repeat("#", full), strings.Repeat(" ", 30-full), p.done, p.of)
}

// close takes the line away.
func (p *progress) close() {
	close(p.end)
	p.ended.Wait()
}
