package waf

import (
	"encoding/base64"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// evaluation is a web ACL at work on one request.
type evaluation struct {
	*ACL
	request *Request
	labels  []string
	// foreign says that a managed rule group may have added labels.
	foreign bool
}

// matches says whether a statement matches.
func (e *evaluation) matches(s statement) answer {
	for kind, v := range s {
		of := cfn.Object(v)
		if of == nil || cfn.Later(v) {
			return unknown
		}
		switch kind {
		case "AndStatement":
			result := yes
			for _, one := range cfn.List(of["Statements"]) {
				result = both(result, e.matches(cfn.Object(one)))
			}
			return result
		case "OrStatement":
			result := no
			for _, one := range cfn.List(of["Statements"]) {
				result = either(result, e.matches(cfn.Object(one)))
			}
			return result
		case "NotStatement":
			return not(e.matches(cfn.Object(of["Statement"])))
		case "ByteMatchStatement":
			return e.text(of, func(text string) answer { return byteMatch(of, text) })
		case "RegexMatchStatement":
			return e.text(of, func(text string) answer { return regex(known(of["RegexString"]), text) })
		case "RegexPatternSetReferenceStatement":
			return e.patternSet(of)
		case "SizeConstraintStatement":
			return e.text(of, func(text string) answer { return size(of, len(text)) })
		case "GeoMatchStatement":
			if of["ForwardedIPConfig"] != nil {
				return e.forwarded(of["ForwardedIPConfig"])
			}
			if slices.ContainsFunc(cfn.List(of["CountryCodes"]), cfn.Later) {
				return unknown
			}
			return answerOf(slices.ContainsFunc(cfn.List(of["CountryCodes"]), func(c any) bool { return strings.EqualFold(known(c), e.request.Country) }))
		case "IPSetReferenceStatement":
			if of["IPSetForwardedIPConfig"] != nil {
				return e.forwarded(of["IPSetForwardedIPConfig"])
			}
			return e.ipSet(of["Arn"])
		case "LabelMatchStatement":
			return e.label(known(of["Key"]))
		case "SqliMatchStatement", "XssMatchStatement":
			return e.injection(of)
		}
	}
	return unknown
}

// text tries a part of the request, transformed, against a match.
func (e *evaluation) text(of map[string]any, match func(text string) answer) answer {
	texts, ok := e.request.part(cfn.Object(of["FieldToMatch"]))
	if !ok {
		return unknown
	}
	result := no
	for _, text := range texts {
		text, ok := transform(text, of["TextTransformations"])
		if !ok {
			return unknown
		}
		result = either(result, match(text))
	}
	return result
}

func byteMatch(of map[string]any, text string) answer {
	if cfn.Later(of["SearchString"]) {
		return unknown
	}
	wanted := known(of["SearchString"])
	if encoded := known(of["SearchStringBase64"]); encoded != "" {
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return unknown
		}
		wanted = string(raw)
	}
	switch known(of["PositionalConstraint"]) {
	case "EXACTLY":
		return answerOf(text == wanted)
	case "STARTS_WITH":
		return answerOf(strings.HasPrefix(text, wanted))
	case "ENDS_WITH":
		return answerOf(strings.HasSuffix(text, wanted))
	case "CONTAINS":
		return answerOf(strings.Contains(text, wanted))
	case "CONTAINS_WORD":
		return regex(`(^|[^A-Za-z0-9_])`+regexp.QuoteMeta(wanted)+`($|[^A-Za-z0-9_])`, text)
	}
	return unknown
}

func regex(pattern, text string) answer {
	r, err := regexp.Compile(pattern)
	if err != nil || pattern == "" {
		return unknown
	}
	return answerOf(r.MatchString(text))
}

func size(of map[string]any, n int) answer {
	limit, ok := cfn.Number(of["Size"])
	if !ok {
		return unknown
	}
	got := float64(n)
	switch known(of["ComparisonOperator"]) {
	case "EQ":
		return answerOf(got == limit)
	case "NE":
		return answerOf(got != limit)
	case "LE":
		return answerOf(got <= limit)
	case "LT":
		return answerOf(got < limit)
	case "GE":
		return answerOf(got >= limit)
	case "GT":
		return answerOf(got > limit)
	}
	return unknown
}

// patternSet tries the expressions of a set of the template.
func (e *evaluation) patternSet(of map[string]any) answer {
	r := e.template.Resource(e.template.Referred(of["Arn"]))
	if r == nil || r.Type != "AWS::WAFv2::RegexPatternSet" {
		return unknown
	}
	result := no
	for _, pattern := range cfn.List(e.template.Written(r)["RegularExpressionList"]) {
		result = either(result, e.text(of, func(text string) answer { return regex(known(pattern), text) }))
	}
	return result
}

// ipSet looks for the viewer's address in a set of the template.
func (e *evaluation) ipSet(arn any) answer {
	r := e.template.Resource(e.template.Referred(arn))
	address, err := netip.ParseAddr(e.request.IP)
	if r == nil || r.Type != "AWS::WAFv2::IPSet" || err != nil {
		return unknown
	}
	addresses := e.template.Written(r)["Addresses"]
	if cfn.Later(addresses) {
		return unknown
	}
	result := no
	for _, entry := range cfn.List(addresses) {
		prefix, err := netip.ParsePrefix(known(entry))
		if err != nil {
			result = either(result, unknown)
			continue
		}
		result = either(result, answerOf(prefix.Contains(address)))
	}
	return result
}

// forwarded is for a statement that goes by an address in a header: without the header
// it does not apply, else it is not known whose address that is.
func (e *evaluation) forwarded(config any) answer {
	if _, there := e.request.header(known(cfn.Object(config)["HeaderName"])); !there {
		return no
	}
	return unknown
}

func (e *evaluation) label(key string) answer {
	for _, label := range e.labels {
		if label == key || strings.HasSuffix(key, ":"+label) {
			return yes
		}
	}
	return answerIf(e.foreign, unknown)
}

func answerIf(condition bool, a answer) answer {
	if condition {
		return a
	}
	return no
}

// plain is text that no detection of injections takes for one.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./=&:,~ -]*$`)

// injection is a statement for SQL injection or scripts: plain text is neither.
func (e *evaluation) injection(of map[string]any) answer {
	texts, ok := e.request.part(cfn.Object(of["FieldToMatch"]))
	if !ok || slices.ContainsFunc(texts, func(text string) bool { return !plain.MatchString(text) }) {
		return unknown
	}
	return no
}
