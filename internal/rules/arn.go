package rules

import (
	"fmt"
	"regexp"
	"strings"
)

// arn is the name of a resource (AWS General Reference, "Amazon Resource Names").
type arn struct{ partition, service, region, account, resource string }

// parseARN takes an ARN apart, whose service's must be service if that is not
// empty.
func parseARN(text, service string) (a arn, ok bool) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || !partition.MatchString(parts[1]) || parts[5] == "" || strings.ContainsFunc(text, isSpaceOrControl) {
		return arn{}, false
	}
	return arn{parts[1], parts[2], parts[3], parts[4], parts[5]}, service == "" || parts[2] == service && AccountID(parts[4]) == nil
}

func isSpaceOrControl(r rune) bool { return r <= ' ' || r == 0x7f }

var (
	partition           = regexp.MustCompile(`^aws[a-z-]*$`)
	accountID           = regexp.MustCompile(`^[0-9]{12}$`)
	certificateResource = regexp.MustCompile(`^certificate/[A-Za-z0-9-]+$`)
	webACLResource      = regexp.MustCompile(`^(global|regional)/webacl/[A-Za-z0-9_-]+/[A-Za-z0-9-]+$`)
	topicResource       = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}(\.fifo)?$`)
	hostedZoneID        = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
	uuid                = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// AccountID accepts the id of an AWS account.
func AccountID(id string) error {
	if !accountID.MatchString(id) {
		return fmt.Errorf("must be the id of an AWS account, 12 digits in quotes, got %q", id)
	}
	return nil
}

// CertificateARN accepts the ARN of an ACM certificate that CloudFront can use in
// account, where that is known: one of that account in us-east-1 (CloudFront
// Developer Guide, "Requirements for using SSL/TLS certificates with CloudFront").
func CertificateARN(text, account string) error {
	a, ok := parseARN(text, "acm")
	switch {
	case !ok || !certificateResource.MatchString(a.resource):
		return fmt.Errorf("must be the ARN of an ACM certificate, got %q; write it as arn:aws:acm:us-east-1:account:certificate/id", text)
	case a.region != "us-east-1" || a.partition != "aws":
		return fmt.Errorf("must be a certificate in us-east-1, the only region CloudFront takes them from, got one in %s (%q); request or import it there", a.region, text)
	case account != "" && a.account != account:
		return fmt.Errorf("must be a certificate of the distribution's own account %s, got one of %s (%q); request or import it in %s", account, a.account, text, account)
	}
	return nil
}

// WebACLARN accepts the ARN of a web ACL that CloudFront can use in account, where
// that is known: one of that account, of AWS WAF (v2) with CloudFront scope, which
// exists in us-east-1 only (AWS WAF Developer Guide, "Using AWS WAF with Amazon
// CloudFront").
func WebACLARN(text, account string) error {
	if uuid.MatchString(text) {
		return fmt.Errorf("must be the ARN of a web ACL, got the id %q of one of AWS WAF Classic, which has ended; make one in AWS WAF", text)
	}
	a, ok := parseARN(text, "wafv2")
	m := webACLResource.FindStringSubmatch(a.resource)
	switch {
	case !ok || m == nil:
		return fmt.Errorf("must be the ARN of a web ACL, got %q; write it as arn:aws:wafv2:us-east-1:account:global/webacl/name/id", text)
	case m[1] != "global":
		return fmt.Errorf("must be a web ACL of CloudFront scope, got a regional one (%q); make it with scope CLOUDFRONT in us-east-1", text)
	case a.region != "us-east-1" || a.partition != "aws":
		return fmt.Errorf("must be a web ACL in us-east-1, the only region of CloudFront scope, got one in %s (%q); make it there", a.region, text)
	case account != "" && a.account != account:
		return fmt.Errorf("must be a web ACL of the distribution's own account %s, got one of %s (%q); make it in %s", account, a.account, text, account)
	}
	return nil
}

// HostedZoneID accepts the id of a hosted zone (Route 53 API Reference,
// "HostedZone").
func HostedZoneID(id string) error {
	const prefix = "/hostedzone/"
	if bare := strings.TrimPrefix(strings.TrimPrefix(id, "/"), prefix[1:]); bare != id && hostedZoneID.MatchString(bare) {
		return fmt.Errorf("must be the id alone, got %q; drop %q and write %q", id, strings.TrimSuffix(id, bare), bare)
	}
	if !hostedZoneID.MatchString(id) {
		return fmt.Errorf("must be the id of a Route 53 hosted zone, got %q; write one such as Z0123456789EXAMPLE", id)
	}
	return nil
}

// ActionARN accepts the ARN of what an alarm tells. An alarm on metrics of
// CloudFront is in us-east-1, and tells what is there too (CloudWatch API
// Reference, "PutMetricAlarm").
func ActionARN(text string) error {
	a, ok := parseARN(text, "")
	switch {
	case !ok || a.service == "":
		return fmt.Errorf("must be the ARN of what an alarm tells, got %q; write one such as arn:aws:sns:us-east-1:account:topic", text)
	case a.region != "" && a.region != "us-east-1":
		return fmt.Errorf("must be in us-east-1, where the alarms on CloudFront are, got one in %s (%q); make a topic there", a.region, text)
	case a.service == "sns" && (AccountID(a.account) != nil || !topicResource.MatchString(a.resource)):
		return fmt.Errorf("must be the ARN of a topic, got %q; write it as arn:aws:sns:us-east-1:account:topic, without a subscription's id", text)
	}
	return nil
}

// OriginRequestPolicyID accepts the id of an origin request policy that a
// WebSocket API can stand behind: one of your own, or the managed policy
// AllViewerExceptHostHeader.
func OriginRequestPolicyID(id string) error {
	if !uuid.MatchString(strings.ToLower(id)) {
		return fmt.Errorf("must be the id of an origin request policy, got %q; write one such as %s (AllViewerExceptHostHeader)", id, AllViewerExceptHostHeader)
	}
	if p, managed := ManagedOriginRequestPolicy(id); managed {
		if why := unfit(p); why != "" {
			return fmt.Errorf("must not be the managed policy %s (%s): it %s; use AllViewerExceptHostHeader", p.Name, id, why)
		}
	}
	return nil
}

// unfit says why a handshake with API Gateway fails under an origin request policy,
// or nothing.
func unfit(p PolicyFacts) string {
	if p.Headers.AllowsHeader("Host") {
		return "forwards Host, and API Gateway answers 403 to a Host other than its own"
	}
	if !p.Headers.AllowsHeader("Sec-WebSocket-Key") {
		return "drops Sec-WebSocket-Key and Sec-WebSocket-Version, without which there is no handshake"
	}
	return ""
}
