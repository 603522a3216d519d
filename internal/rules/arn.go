package rules

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	certificateARN = regexp.MustCompile(`^arn:aws[a-z-]*:acm:([a-z0-9-]+):[0-9]{12}:certificate/[A-Za-z0-9-]+$`)
	webACLARN      = regexp.MustCompile(`^arn:aws[a-z-]*:wafv2:([a-z0-9-]+):[0-9]{12}:(global|regional)/webacl/[A-Za-z0-9_-]+/[A-Za-z0-9-]+$`)
	uuid           = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// CertificateARN accepts the ARN of an ACM certificate that CloudFront can use:
// one in us-east-1 (CloudFront Developer Guide, "Requirements for using SSL/TLS
// certificates with CloudFront").
func CertificateARN(arn string) error {
	m := certificateARN.FindStringSubmatch(arn)
	if m == nil {
		return fmt.Errorf("must be the ARN of an ACM certificate (arn:aws:acm:us-east-1:account:certificate/id), got %q", arn)
	}
	if m[1] != "us-east-1" {
		return fmt.Errorf("must be a certificate in us-east-1, the only region CloudFront takes them from, got one in %s (%q); request or import it there", m[1], arn)
	}
	return nil
}

// WebACLARN accepts the ARN of a web ACL that CloudFront can use: one of AWS
// WAF (v2) with CloudFront scope, which exists in us-east-1 only (AWS WAF
// Developer Guide, "Using AWS WAF with Amazon CloudFront").
func WebACLARN(arn string) error {
	const want = "arn:aws:wafv2:us-east-1:account:global/webacl/name/id"
	if uuid.MatchString(arn) {
		return fmt.Errorf("must be the ARN of a web ACL (%s), got the id %q of AWS WAF Classic, which has ended; make one in AWS WAF", want, arn)
	}
	m := webACLARN.FindStringSubmatch(arn)
	if m == nil {
		return fmt.Errorf("must be the ARN of a web ACL (%s), got %q", want, arn)
	}
	if m[2] != "global" {
		return fmt.Errorf("must be a web ACL of CloudFront scope, got a regional one (%q); make it with scope CLOUDFRONT in us-east-1", arn)
	}
	if m[1] != "us-east-1" {
		return fmt.Errorf("must be a web ACL in us-east-1, the only region of CloudFront scope, got %s (%q)", m[1], arn)
	}
	return nil
}

// OriginRequestPolicyID accepts the id of an origin request policy that a
// WebSocket API can stand behind: one of your own, or the managed policy
// AllViewerExceptHostHeader.
func OriginRequestPolicyID(id string) error {
	if !uuid.MatchString(strings.ToLower(id)) {
		return fmt.Errorf("must be the id of an origin request policy, such as %s (AllViewerExceptHostHeader), got %q", AllViewerExceptHostHeader, id)
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
