package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// check is one thing that was looked at.
type check struct {
	Name string `json:"name"`
	// Result is ok, fails, not proven or info.
	Result string `json:"result"`
	Text   string `json:"text"`
}

// The results of a check. Not proven is no success: it could not be told. What is
// only info is not judged.
const (
	ok        = "ok"
	fails     = "fails"
	notProven = "not proven"
	info      = "info"
)

// writeChecks writes a line for each check.
func writeChecks(w io.Writer, checks []check) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, k := range checks {
		fmt.Fprintf(table, "%s\t%s\t%s\n", k.Result, k.Name, k.Text)
	}
	_ = table.Flush()
}
