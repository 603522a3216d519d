package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/websocket-distribution/websocket-distribution/internal/spelling"
)

// flagError words the errors of the flag library, which repeat the values that they
// refuse: a value may be secret, a name is not.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		without *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	case errors.As(err, &without):
		return fmt.Errorf("--%s needs a value; see --help", without.GetFlag().Name)
	case errors.As(err, &invalid):
		name, _ := pflag.UnquoteUsage(invalid.GetFlag())
		if name == "" {
			return fmt.Errorf("--%s takes no value; see --help", invalid.GetFlag().Name)
		}
		return fmt.Errorf("--%s wants a %s; see --help", invalid.GetFlag().Name, name)
	}
	return errors.New("a flag is not of the form --name or --name=value; see --help")
}

// unknownFlag also helps whoever spells long flags with one dash, as in Go's own
// commands: "-path" is read as a bundle of short flags, of which "p" is unknown.
func unknownFlag(cmd *cobra.Command, err *pflag.NotExistError) error {
	name, shown := err.GetSpecifiedName(), "--"+redactText(err.GetSpecifiedName())
	if bundle := err.GetSpecifiedShortnames(); bundle != "" {
		name, _, _ = strings.Cut(bundle, "=")
		shown = "-" + redactText(name[:1]) // the rest may be a value, as in -Hname:value
		if len(name) > 1 {
			shown += hidden
		}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if slices.Contains(names, name) {
		return fmt.Errorf("unknown flag %s; did you mean --%s, with two dashes?", shown, name)
	}
	if best := spelling.Closest(name, names); best != "" {
		return fmt.Errorf("unknown flag %s; did you mean --%s?", shown, best)
	}
	return fmt.Errorf("unknown flag %s; see --help", shown)
}

// formats are the values of --format.
var formats = []string{"text", "json", "github", "junit"}

// addFormat adds the flags for the format of the output.
func addFormat(flags *pflag.FlagSet, format *string) {
	flags.StringVar(format, "format", "text", "`format` of the output: text, json, github (annotations) or junit (XML)")
	flags.BoolFunc("json", "same as --format json", func(text string) error {
		on, err := strconv.ParseBool(text)
		if on {
			*format = "json"
		}
		return err
	})
}

// oneOf checks a flag whose values are words.
func oneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("--%s must be %s or %s, got %q", flag, strings.Join(allowed[:len(allowed)-1], ", "), allowed[len(allowed)-1], redactText(value))
}

// complete offers words for a flag in the shell.
func complete(cmd *cobra.Command, flag string, words ...string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag is one of ours
	}
}

// pair is a value of a flag of the form name=value.
type pair struct{ name, value string }

// pairs reads the values of a flag of the form name=value. The value may contain the
// separator.
func pairs(flag, separator string, lines []string) ([]pair, error) {
	var all []pair
	for i, line := range lines {
		name, value, found := strings.Cut(line, separator)
		if !found || name == "" {
			return nil, fmt.Errorf("--%s%s is not of the form %s", flag, ordinal(i, lines), map[bool]string{true: "name=value", false: "{{resolve:…}}=value"}[separator == "="])
		}
		all = append(all, pair{name, value})
	}
	return all, nil
}

// ordinal tells several values of one flag apart without repeating them.
func ordinal(i int, lines []string) string {
	if len(lines) == 1 {
		return ""
	}
	return fmt.Sprintf(" number %d", i+1)
}

// asMap takes each name once.
func asMap(flag string, all []pair) (map[string]string, error) {
	m := map[string]string{}
	for _, p := range all {
		if _, twice := m[p.name]; twice {
			return nil, fmt.Errorf("--%s gives %q twice", flag, redactText(p.name))
		}
		m[p.name] = p.value
	}
	return m, nil
}

// headers reads the values of --header: "name: value" or name=value. reserved are
// headers that cannot be given.
func headers(lines []string, reserved ...string) (http.Header, error) {
	h := http.Header{}
	for i, line := range lines {
		at := strings.IndexAny(line, "=:")
		if at < 1 || strings.ContainsAny(line[:at], " \t\r\n") || strings.ContainsAny(line, "\r\n\x00") {
			return nil, fmt.Errorf("--header%s is not of the form name=value or name: value, on one line", ordinal(i, lines))
		}
		name := http.CanonicalHeaderKey(line[:at])
		if slices.Contains(reserved, name) {
			return nil, fmt.Errorf("--header %s is part of every handshake and cannot be given; the host is that of the URL", name)
		}
		h.Add(name, strings.TrimSpace(line[at+1:]))
	}
	return h, nil
}
