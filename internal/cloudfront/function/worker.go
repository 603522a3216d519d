package function

import (
	"bufio"
	"encoding/gob"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A function is code of somebody else's: in a process of its own it can take neither
// the time nor the memory of the program that plays it. The process is the same
// program under another name, which this package recognizes before main starts.

// workerName is the name under which the program is started.
const workerName = "cloudfront-function"

// ready is what a worker says first; what other packages print before it is skipped.
const ready = "cloudfront-function is ready"

// task is one run, as it goes to a worker.
type task struct {
	Function Function
	Request  Request
	Input    Input
}

const (
	// maxMemory is how much a worker may hold beside what the program holds anyway, in
	// bytes. CloudFront gives a function 2 MB; the engine here needs more for the same.
	maxMemory = 128 << 20
	// exitMemory is the exit status of a worker that holds more.
	exitMemory = 3
)

func init() {
	if len(os.Args) == 1 && os.Args[0] == workerName {
		work(os.Stdin, os.Stdout)
		os.Exit(0)
	}
}

// work runs tasks until there are no more.
func work(in io.Reader, out io.Writer) {
	most := held() + maxMemory
	debug.SetMemoryLimit(int64(most - maxMemory/2))
	go guard(most)
	if _, err := io.WriteString(out, ready+"\n"); err != nil {
		return
	}
	buffered := bufio.NewWriter(out)
	decoder, encoder := gob.NewDecoder(in), gob.NewEncoder(buffered)
	for {
		var t task
		if decoder.Decode(&t) != nil {
			return // the program that started it has ended
		}
		outcome := t.Function.execute(&t.Request, t.Input)
		if encoder.Encode(outcome) != nil || buffered.Flush() != nil {
			return
		}
	}
}

// guard ends the worker when it holds too much.
func guard(most uint64) {
	for range time.Tick(2 * time.Millisecond) {
		if held() > most {
			os.Exit(exitMemory)
		}
	}
}

// held is how much memory the objects of the program take.
func held() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
