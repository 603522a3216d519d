package main

import (
	"encoding/xml"
	"io"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Skipped  int           `xml:"skipped,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
}

// writeJUnit writes a result as JUnit's XML, a suite for each group. What makes the exit
// status 1 is a failure; what could not be told is skipped; a warning passes, and its
// text is the case's output.
func writeJUnit(w io.Writer, r *result) error {
	all := junitSuites{}
	suites := map[string]*junitSuite{}
	for _, i := range r.items() {
		suite := suites[i.Group]
		if suite == nil {
			suite = &junitSuite{Name: trace.Printable(i.Group)}
			suites[i.Group] = suite
			all.Suites = append(all.Suites, suite)
		}
		text := trace.Printable(i.Text)
		k := junitCase{Class: "wscheck." + suite.Name, Name: trace.Printable(i.Name), File: i.File, Line: i.Line}
		switch i.Level {
		case levelError:
			k.Failure = &junitMessage{text}
			suite.Failures++
		case levelNotice:
			k.Skipped = &junitMessage{text}
			suite.Skipped++
		default:
			k.Output = text
		}
		suite.Cases = append(suite.Cases, k)
		suite.Tests++
	}
	for _, suite := range all.Suites {
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Skipped += suite.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
