package javascript

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
// program under another name, which [Serve] recognizes before main starts.

// ready is what a worker says first; what other packages print before it is skipped.
const ready = "the worker is ready"

const (
	// maxMemory is how much a worker may hold beside what the program holds anyway, in
	// bytes. CloudFront gives a function 2 MB; the engine here needs more for the same.
	maxMemory = 128 << 20
	// exitMemory is the exit status of a worker that holds more.
	exitMemory = 3
)

// Serve runs tasks until there are no more, and then ends the program, if the program
// was started as a worker of a name. A package calls it in its init.
func Serve[Task, Result any](name string, run func(Task) Result) {
	if len(os.Args) != 1 || os.Args[0] != name {
		return
	}
	work(os.Stdin, os.Stdout, run)
	os.Exit(0)
}

// work runs tasks until there are no more.
func work[Task, Result any](in io.Reader, out io.Writer, run func(Task) Result) {
	most := held() + maxMemory
	debug.SetMemoryLimit(int64(most - maxMemory/2))
	go guard(most)
	if _, err := io.WriteString(out, ready+"\n"); err != nil {
		return
	}
	buffered := bufio.NewWriter(out)
	decoder, encoder := gob.NewDecoder(in), gob.NewEncoder(buffered)
	for {
		var t Task
		if decoder.Decode(&t) != nil {
			return // the program that started it has ended
		}
		result := run(t)
		if encoder.Encode(result) != nil || buffered.Flush() != nil {
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
