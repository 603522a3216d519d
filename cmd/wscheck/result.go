package main

import (
	"fmt"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/handshake"
)

// result is what a run found out. Every command makes one, and every format writes
// it. The names of its JSON fields are documented in docs/wscheck.md and do not change.
type result struct {
	// OK says that the exit status is 0.
	OK       bool `json:"ok"`
	ExitCode int  `json:"exitCode"`
	// Summary is the last line of the text.
	Summary string `json:"summary"`
	// Source is the file that was read or the URL that was tried.
	Source string `json:"source"`

	// Sockets are the handshakes that were played.
	Sockets []socket `json:"sockets,omitempty"`
	// Checks are the standing checks of a template.
	Checks []socketCheck `json:"checks,omitempty"`
	// Findings are what is wrong with a template.
	Findings []finding `json:"findings,omitempty"`
	// Missing are values that were not given and on which a handshake depends.
	Missing []missing `json:"missing,omitempty"`

	// checked says that the findings were looked for.
	checked bool

	// Endpoints are what was seen of live endpoints.
	Endpoints []*probeResult `json:"endpoints,omitempty"`
}

// The verdicts on a socket.
const (
	opens       = "opens"
	refused     = "refused"
	notDecided  = "not decided"
	deployFails = "deploy fails"
)

// socket is one handshake that was played, and what became of it.
type socket struct {
	// URL is the address without the values of its query string.
	URL          string `json:"url"`
	Distribution string `json:"distribution"`
	Path         string `json:"path"`
	// Verdict is opens, refused, not decided or deploy fails.
	Verdict string `json:"verdict"`
	// Text is the verdict in a sentence.
	Text string `json:"text"`
	// File and Line are where the place of the refusal stands; 0 when it is not known.
	File   string            `json:"file,omitempty"`
	Line   int               `json:"line,omitempty"`
	Report *handshake.Report `json:"report"`
}

// socketCheck is a standing check at one socket, or of a distribution's API.
type socketCheck struct {
	check
	Distribution string `json:"distribution"`
	// Path is "" for a check that is not about one socket.
	Path string `json:"path,omitempty"`
}

// finding is a finding and where it is.
type finding struct {
	handshake.Finding
	File string `json:"file,omitempty"`
	// Line is that of the place in the file; 0 when it is not known.
	Line int `json:"line,omitempty"`
}

// missing is a value to give.
type missing struct {
	// Flag is the flag to give, with the name: --parameter ApiHost=VALUE.
	Flag string `json:"flag"`
	// Kind is parameter, import, attribute or secret.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Text says more about it.
	Text string `json:"text,omitempty"`
}

// tally counts what a result consists of.
type tally struct {
	sockets, checks  map[string]int
	errors, warnings int
}

func (r *result) tally() tally {
	t := tally{sockets: map[string]int{}, checks: map[string]int{}}
	for _, s := range r.Sockets {
		t.sockets[s.Verdict]++
	}
	for _, k := range r.Checks {
		t.checks[k.Result]++
	}
	for _, f := range r.Findings {
		if f.Severity == handshake.SeverityError {
			t.errors++
		} else {
			t.warnings++
		}
	}
	return t
}

// conclude sets the exit status and the summary of a result. With strict, warnings and
// checks that fail or are not proven count as well.
func (r *result) conclude(strict bool) {
	if len(r.Endpoints) > 0 {
		r.concludeEndpoints()
		return
	}
	t := r.tally()
	meaning := ""
	switch n := len(r.Sockets) - t.sockets[opens]; {
	case len(r.Sockets) == 0:
		meaning = "there is no WebSocket behavior"
	case t.sockets[deployFails] > 0:
		meaning = "the deploy fails"
	case n > 0 && n == t.sockets[notDecided]:
		meaning = "a handshake is not decided"
	case n > 0:
		meaning = "a handshake does not get through"
	case t.errors > 0:
		meaning = "there is an error"
	case strict && t.checks[fails]+t.checks[notProven]+t.warnings > 0:
		meaning = "--strict counts warnings and checks that are not ok"
	}
	r.ExitCode = exitNo
	if meaning == "" {
		r.ExitCode, meaning = exitOK, "every handshake gets through"
		if t.checks[fails] > 0 {
			meaning += "; --strict counts the check that fails"
		}
	}
	r.OK = r.ExitCode == exitOK
	parts := []string{counted(len(r.Sockets), "socket", t.sockets, opens, refused, notDecided, deployFails)}
	if len(r.Checks) > 0 {
		parts = append(parts, counted(len(r.Checks), "check", t.checks, ok, fails, notProven, info))
	}
	if r.checked {
		parts = append(parts, plural(t.errors, "error")+", "+plural(t.warnings, "warning"))
	}
	r.Summary = fmt.Sprintf("%s; exit %d: %s", strings.Join(parts, "; "), r.ExitCode, meaning)
}

// concludeEndpoints does so for live endpoints.
func (r *result) concludeEndpoints() {
	counts := map[string]int{}
	for _, e := range r.Endpoints {
		counts[e.Result]++
	}
	meaning := "all checks are ok"
	switch {
	case counts[fails] > 0:
		r.ExitCode, meaning = exitNo, "a check fails"
	case counts[notProven] > 0:
		r.ExitCode, meaning = exitNo, "a check is not proven"
	}
	r.OK = r.ExitCode == exitOK
	r.Summary = fmt.Sprintf("%s; exit %d: %s", counted(len(r.Endpoints), "endpoint", counts, ok, fails, notProven), r.ExitCode, meaning)
}

// counted is "2 sockets open" or "3 sockets: 2 open, 1 refused".
func counted(n int, what string, counts map[string]int, words ...string) string {
	var parts []string
	for _, word := range words {
		count := counts[word]
		if count == 0 {
			continue
		}
		if word == opens && count > 1 {
			word = "open"
		}
		if count == n {
			return plural(n, what) + " " + word
		}
		parts = append(parts, fmt.Sprintf("%d %s", count, word))
	}
	if len(parts) == 0 {
		return plural(n, what)
	}
	return plural(n, what) + ": " + strings.Join(parts, ", ")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// The levels of an item.
const (
	levelError   = "error"   // makes the exit status 1
	levelWarning = "warning" // does not, and is wrong
	levelNotice  = "notice"  // could not be told
	levelOK      = ""
)

// item is one thing that was judged, as other tools want it.
type item struct {
	// Group is the distribution or the endpoint.
	Group, Name string
	Level       string
	// Text says what is wrong and what to do.
	Text string
	File string
	Line int
}

// items are all that a result consists of, in its order.
func (r *result) items() []item {
	var all []item
	for _, s := range r.Sockets {
		i := item{Group: s.Distribution, Name: s.URL, Text: s.Text, File: r.Source, Line: s.Line}
		if s.Verdict != opens {
			i.Level = levelError
			if refusal := s.Report.Refusal; refusal != nil {
				i.Text += "; fix: " + refusal.Fix + at(refusal.Place)
			}
		}
		all = append(all, i)
	}
	for _, k := range r.Checks {
		all = append(all, item{Group: k.Distribution, Name: strings.TrimSpace(k.Name + " " + k.Path), Text: k.Text, File: r.Source,
			Level: map[string]string{fails: levelWarning, notProven: levelNotice}[k.Result]})
	}
	for _, f := range r.Findings {
		i := item{Group: "findings", Name: f.Rule.ID + " " + f.Place, Text: f.Reason + "; fix: " + f.Fix, File: f.File, Line: f.Line, Level: levelWarning}
		if f.Severity == handshake.SeverityError {
			i.Level = levelError
		}
		all = append(all, i)
	}
	for _, m := range r.Missing {
		all = append(all, item{Group: "values", Name: m.Flag, Text: "a handshake depends on this value; give it: " + m.Flag, File: r.Source, Level: levelNotice})
	}
	for _, e := range r.Endpoints {
		for _, k := range e.Checks {
			i := item{Group: e.URL, Name: k.Name, Text: k.Text, Level: map[string]string{fails: levelError, notProven: levelError}[k.Result]}
			if k.Name == "handshake" {
				for _, likely := range e.Causes {
					i.Text += "; likely: " + likely.Cause
				}
			}
			all = append(all, i)
		}
	}
	return all
}

func at(place string) string {
	if place == "" {
		return ""
	}
	return " (at " + place + ")"
}
