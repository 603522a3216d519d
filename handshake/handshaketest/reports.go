package handshaketest

import (
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/websocket-distribution/websocket-distribution/handshake"
)

// The headers that are added to every response, so that any client can show why it was
// refused.
const (
	headerReport = "X-Handshake-Report"
	headerReason = "X-Handshake-Reason"
	headerFix    = "X-Handshake-Fix"
	headerRule   = "X-Handshake-Rule"
)

// maxReports bounds the reports and the notes that are kept.
const maxReports = 1000

// reports keeps what the handshakes came to, by number.
type reports struct {
	mu    sync.Mutex
	list  []*handshake.Report
	notes []handshake.Note
}

// add keeps a report and returns its number.
func (r *reports) add(report *handshake.Report) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, report)
	if n := len(r.list); n > maxReports {
		r.list[n-maxReports-1] = nil
	}
	return len(r.list)
}

func (r *reports) all() []*handshake.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.list), func(report *handshake.Report) bool { return report == nil })
}

// refusal finds the refusal of a response by its report's number.
func (r *reports) refusal(h http.Header) *handshake.Refusal {
	n, err := strconv.Atoi(h.Get(headerReport))
	if err != nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n < 1 || n > len(r.list) || r.list[n-1] == nil {
		return nil
	}
	return r.list[n-1].Refusal
}

func (r *reports) addNotes(notes []handshake.Note) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range notes {
		if !slices.Contains(r.notes, n) && len(r.notes) < maxReports {
			r.notes = append(r.notes, n)
		}
	}
}

func (r *reports) allNotes() []handshake.Note {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.notes)
}
