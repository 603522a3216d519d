package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/internal/spelling"
)

func (c *command) rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rules [ID]",
		Short:   "List the rules, or explain one",
		Long:    "wscheck rules lists what is known of CloudFront and API Gateway, one rule a line. With\nthe ID of a rule, as it stands in a finding, it says what AWS does, where that is\ndocumented, and what to do.",
		Example: "  wscheck rules\n  wscheck rules api.stage",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return ruleIDs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return c.explain(args[0])
			}
			w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
			for _, rule := range handshake.Rules() {
				fmt.Fprintf(w, "%s\t%s\n", rule.ID, rule.Statement)
			}
			return w.Flush()
		},
	}
}

func ruleIDs() []string {
	var ids []string
	for _, rule := range handshake.Rules() {
		ids = append(ids, rule.ID)
	}
	return ids
}

// explain writes all that is known of a rule.
func (c *command) explain(id string) error {
	for _, rule := range handshake.Rules() {
		if rule.ID != strings.ToLower(id) {
			continue
		}
		source := rule.Source
		if !rule.Documented {
			source += "\n            (inferred: the source does not state it, so a result that rests on it may be wrong)"
		}
		fmt.Fprintf(c.stdout, "%s\n  statement %s\n  source    %s\n  layer     %s\n", rule.ID, rule.Statement, source, rule.Layer)
		if rule.Status != 0 {
			fmt.Fprintf(c.stdout, "  status    %d\n", rule.Status)
		}
		if rule.Severity != "" {
			fmt.Fprintf(c.stdout, "  severity  %s\n", rule.Severity)
		}
		if rule.Fix != "" {
			fmt.Fprintf(c.stdout, "  fix       %s\n", rule.Fix)
		}
		return nil
	}
	return fmt.Errorf("unknown rule %q%s", redactText(id), spelling.DidYouMean(id, ruleIDs()))
}
