package main

import (
	"fmt"
	"io"
	"strings"
)

// writeGitHub writes what is not ok as annotations of GitHub Actions, then the summary:
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
func writeGitHub(w io.Writer, r *result) error {
	var b strings.Builder
	for _, i := range r.items() {
		if i.Level == levelOK {
			continue
		}
		var properties []string
		if i.File != "" && i.File != "-" {
			properties = append(properties, "file="+githubProperty(i.File))
		}
		if i.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", i.Line))
		}
		properties = append(properties, "title="+githubProperty("wscheck: "+i.Name))
		fmt.Fprintf(&b, "::%s %s::%s\n", i.Level, strings.Join(properties, ","), githubData.Replace(i.Text))
	}
	fmt.Fprintln(&b, githubData.Replace(r.Summary))
	_, err := io.WriteString(w, b.String())
	return err
}

// githubData writes text so that it ends no command.
var githubData = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")

// githubProperty writes text so that it ends no property either.
func githubProperty(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubData.Replace(text))
}
