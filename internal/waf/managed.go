package waf

import (
	"regexp"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// managedRule is a rule of AWSManagedRulesCommonRuleSet that handshakes are known to
// meet (AWS WAF Developer Guide, "Baseline rule groups").
type managedRule struct {
	name    string
	matches func(r *Request) answer
}

var (
	traversal = regexp.MustCompile(`\.\./|\.\.\\|/etc/passwd|/proc/self`)
	remote    = regexp.MustCompile(`^(https?|ftps?|file)://\d{1,3}(\.\d{1,3}){3}`)
	metadata  = regexp.MustCompile(`169\.254\.169\.254|://localhost|://127\.0\.0\.1`)
)

var commonRuleSet = []managedRule{
	{"NoUserAgent_HEADER", func(r *Request) answer {
		value, there := r.header("User-Agent")
		if !there && !r.Exact {
			return unknown
		}
		return answerOf(value == "")
	}},
	{"SizeRestrictions_QUERYSTRING", func(r *Request) answer { return answerOf(len(r.Query) > 2048) }},
	{"SizeRestrictions_Cookie_HEADER", func(r *Request) answer { value, _ := r.header("Cookie"); return answerOf(len(value) > 10240) }},
	{"SizeRestrictions_URIPATH", func(r *Request) answer { return answerOf(len(r.Path) > 1024) }},
	{"EC2MetaDataSSRF_COOKIE", func(r *Request) answer { value, _ := r.header("Cookie"); return answerOf(metadata.MatchString(value)) }},
	{"EC2MetaDataSSRF_URIPATH", func(r *Request) answer { return answerOf(metadata.MatchString(wire.Unescape(r.Path))) }},
	{"EC2MetaDataSSRF_QUERYARGUMENTS", func(r *Request) answer { return anyArgument(r, metadata) }},
	{"GenericLFI_QUERYARGUMENTS", func(r *Request) answer { return anyArgument(r, traversal) }},
	{"GenericLFI_URIPATH", func(r *Request) answer { return answerOf(traversal.MatchString(wire.Unescape(r.Path))) }},
	{"RestrictedExtensions_URIPATH", func(r *Request) answer { return answerOf(restricted(r.Path)) }},
	{"RestrictedExtensions_QUERYARGUMENTS", func(r *Request) answer {
		return answerOf(slices.ContainsFunc(wire.ParseQuery(r.Query), func(p wire.Pair) bool { return restricted(wire.Unescape(p.Value)) }))
	}},
	{"GenericRFI_QUERYARGUMENTS", func(r *Request) answer { return anyArgument(r, remote) }},
	{"GenericRFI_URIPATH", func(r *Request) answer {
		return answerOf(remote.MatchString(strings.TrimPrefix(wire.Unescape(r.Path), "/")))
	}},
}

func anyArgument(r *Request, pattern *regexp.Regexp) answer {
	return answerOf(slices.ContainsFunc(wire.ParseQuery(r.Query), func(p wire.Pair) bool { return pattern.MatchString(wire.Unescape(p.Value)) }))
}

// restricted are the endings that AWS names as examples.
func restricted(text string) bool {
	lower := strings.ToLower(text)
	return slices.ContainsFunc([]string{".log", ".ini", ".cfg", ".bak", ".sys", ".dll", ".conf"}, func(ending string) bool { return strings.HasSuffix(lower, ending) })
}

// idle are managed rule groups that look at logins, bodies or known attacks, which a
// handshake is not.
var idle = []string{"AWSManagedRulesAdminProtectionRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesSQLiRuleSet", "AWSManagedRulesLinuxRuleSet",
	"AWSManagedRulesUnixRuleSet", "AWSManagedRulesWindowsRuleSet", "AWSManagedRulesPHPRuleSet", "AWSManagedRulesWordPressRuleSet",
	"AWSManagedRulesATPRuleSet", "AWSManagedRulesACFPRuleSet"}

// counts says whether a group's rule only counts, by the overrides of the template.
func counts(of map[string]any, name string) bool {
	for _, entry := range cfn.List(of["ExcludedRules"]) {
		if known(cfn.Object(entry)["Name"]) == name {
			return true
		}
	}
	for _, entry := range cfn.List(of["RuleActionOverrides"]) {
		if o := cfn.Object(entry); known(o["Name"]) == name {
			return !flag(cfn.Object(o["ActionToUse"]), "Block")
		}
	}
	return false
}
