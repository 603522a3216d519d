package function

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dop251/goja"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// threw is the refusal of a function that does not come to its end.
func (f *Function) threw(err error) *trace.Refusal {
	var interrupted *goja.InterruptedError
	if errors.As(err, &interrupted) || strings.Contains(err.Error(), "time limit") {
		return trace.Refuse(Fails, f.Place, "function %s does not end within its compute time", f.ID)
	}
	return trace.Refuse(Fails, f.Place, "function %s throws: %s", f.ID, trace.FirstLine(err.Error()))
}

// tooMuch is the refusal of a function that takes too much memory.
func (f *Function) tooMuch() *trace.Refusal {
	return trace.Refuse(Fails, f.Place, "function %s takes more memory than the %d MB of a function", f.ID, rules.MaxFunctionMemory>>20)
}

// invalid is the refusal of what a function returns.
func (f *Function) invalid(rule rules.Rule, format string, args ...any) *trace.Refusal {
	return trace.Refuse(rule, f.Place, "function %s %s", f.ID, fmt.Sprintf(format, args...))
}
