package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// fewSockets is how many sockets have a sentence each; more stand in a table.
const fewSockets = 8

// write writes a result in a format. verbose shows the way of every handshake.
func (c *command) write(format string, r *result, verbose bool) error {
	switch format {
	case "json":
		return writeJSON(c.stdout, r)
	case "github":
		return writeGitHub(c.stdout, r)
	case "junit":
		return writeJUnit(c.stdout, r)
	}
	return writeText(c.stdout, r, verbose)
}

// writeText writes a result for people: first the verdicts, then what they rest on,
// last the summary.
func writeText(w io.Writer, r *result, verbose bool) error {
	var b strings.Builder
	for _, e := range r.Endpoints {
		e.print(&b)
	}
	if len(r.Endpoints) > 0 {
		if len(r.Endpoints) > 1 {
			fmt.Fprintln(&b, r.Summary)
		}
		_, err := io.WriteString(w, b.String())
		return err
	}
	r.textVerdicts(&b)
	r.textWays(&b, verbose)
	r.textMissing(&b)
	r.textNotes(&b, verbose)
	r.textChecks(&b)
	r.textFindings(&b)
	fmt.Fprintln(&b, r.Summary)
	_, err := io.WriteString(w, b.String())
	return err
}

// textVerdicts writes a line for each socket.
func (r *result) textVerdicts(b *strings.Builder) {
	switch {
	case len(r.Sockets) == 0:
		fmt.Fprintf(b, "%s  no socket: no behavior leads to a WebSocket API; --path plays a path all the same\n", trace.Printable(r.Source))
		return
	case len(r.Sockets) <= fewSockets:
		for _, s := range r.Sockets {
			fmt.Fprintf(b, "%s  %s\n", s.URL, s.Text)
		}
		return
	}
	host, alone := hostOf(r.Sockets[0].URL), true
	for _, s := range r.Sockets {
		alone = alone && hostOf(s.URL) == host
	}
	head := counted(len(r.Sockets), "socket", r.tally().sockets, opens, refused, notDecided, deployFails)
	if alone {
		fmt.Fprintf(b, "%s  %s\n", host, head)
	} else {
		fmt.Fprintln(b, head)
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, s := range r.Sockets {
		name := s.URL
		if alone {
			name = strings.TrimPrefix(name, host)
		}
		verdict, reason, explained := strings.Cut(s.Text, ": ")
		if explained {
			fmt.Fprintf(w, "  %s\t%s\t%s\n", name, verdict, short(reason, 120))
		} else {
			fmt.Fprintf(w, "  %s\t%s\n", name, verdict)
		}
	}
	_ = w.Flush() // a strings.Builder does not fail
}

// hostOf is "wss://host" of an address.
func hostOf(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// textWays writes the ways of the handshakes that do not get through, one for those
// that end by the same rule and have the same fix; with verbose of all.
func (r *result) textWays(b *strings.Builder, verbose bool) {
	type end struct{ rule, fix string }
	var (
		order []end
		group = map[end][]socket{}
	)
	for i, s := range r.Sockets {
		e := end{rule: fmt.Sprint(i)} // its own
		if refusal := s.Report.Refusal; refusal != nil && !verbose {
			e = end{refusal.Rule.ID, refusal.Fix}
		} else if !verbose {
			continue
		}
		if group[e] == nil {
			order = append(order, e)
		}
		group[e] = append(group[e], s)
	}
	for _, e := range order {
		first, more := group[e][0], len(group[e])-1
		if len(r.Sockets) > 1 {
			fmt.Fprintf(b, "\n%s  %s\n", first.URL, first.Text)
		}
		if more > 0 {
			fmt.Fprintf(b, "  %d more end by the same rule and have the same fix\n", more)
		}
		_, way, _ := strings.Cut(first.Report.Text(), "\n")
		if first.Line > 0 {
			place := "  at: " + trace.Printable(first.Report.Refusal.Place)
			way = strings.Replace(way, place, place+inFile(r.Source, first.Line), 1)
		}
		for _, line := range strings.SplitAfter(way, "\n") {
			if !strings.HasPrefix(line, "  note: ") || verbose {
				b.WriteString(line)
			}
		}
	}
	if len(order) > 0 && len(r.Sockets) > 1 {
		b.WriteByte('\n')
	}
}

// textMissing writes what to give, whole and all at once.
func (r *result) textMissing(b *strings.Builder) {
	if len(r.Missing) == 0 {
		return
	}
	fmt.Fprintf(b, "give what the template leaves open until the deploy:\n")
	for _, m := range r.Missing {
		fmt.Fprintf(b, "  %s\n", m.Flag)
		if m.Text != "" {
			fmt.Fprintf(b, "      %s\n", m.Text)
		}
	}
}

// textNotes writes what was assumed, each once. The ways have their own with verbose.
func (r *result) textNotes(b *strings.Builder, verbose bool) {
	if verbose {
		return
	}
	var notes []string
	for _, s := range r.Sockets {
		for _, n := range s.Report.Notes {
			if text := trace.Printable(n.Text); !slices.Contains(notes, text) && len(notes) < 20 {
				notes = append(notes, text)
				fmt.Fprintf(b, "note: %s\n", text)
			}
		}
	}
}

// textChecks writes a line for each check, one for those that are alike.
func (r *result) textChecks(b *strings.Builder) {
	var lines []check
	count := map[check]int{}
	for _, k := range r.Checks {
		if count[k.check]++; count[k.check] == 1 {
			lines = append(lines, k.check)
		}
	}
	for i, k := range lines {
		if n := count[k]; n > 1 {
			lines[i].Text += fmt.Sprintf(" (at %d sockets)", n)
		}
	}
	writeChecks(b, lines)
}

// textFindings writes the findings, but for those that a handshake came to: they stand
// with its way.
func (r *result) textFindings(b *strings.Builder) {
	for _, f := range r.Findings {
		if slices.ContainsFunc(r.Sockets, func(s socket) bool {
			refusal := s.Report.Refusal
			return refusal != nil && refusal.Rule.ID == f.Rule.ID && refusal.Place == f.Place && refusal.Reason == f.Reason
		}) {
			continue
		}
		fmt.Fprintf(b, "%s  %s\n  fix: %s\n  at: %s%s\n  rule: %s\n", f.Severity, trace.Printable(f.Reason), trace.Printable(f.Fix),
			trace.Printable(f.Place), inFile(f.File, f.Line), f.Rule.ID)
	}
}

// inFile is where a place stands.
func inFile(file string, line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", trace.Printable(file), line)
}
