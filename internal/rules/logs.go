package rules

import (
	"fmt"
	"slices"
	"strings"
)

// retentions are the days for which CloudWatch Logs keeps events (CloudWatch Logs
// API Reference, "PutRetentionPolicy").
var retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

// LogRetention accepts a number of days for which CloudWatch Logs keeps events.
func LogRetention(days int) error {
	if slices.Contains(retentions, days) {
		return nil
	}
	i, _ := slices.BinarySearch(retentions, days)
	return fmt.Errorf("must be a number of days that CloudWatch Logs knows, got %d; write %d", days, retentions[min(i, len(retentions)-1)])
}

// BucketRetention accepts a number of days after which S3 deletes objects.
func BucketRetention(days int) error {
	if days < 1 {
		return fmt.Errorf("must be 1 day or more, got %d", days)
	}
	return nil
}

// logFields are those of CloudFront's access logs (CloudFront Developer Guide,
// "Standard logging reference").
var logFields = strings.Fields(`
	date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query
	cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for
	ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port
	time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end`)

// LogField accepts the name of a field of CloudFront's access logs.
func LogField(name string) error {
	if !slices.Contains(logFields, name) {
		return fmt.Errorf("must be a field of CloudFront's access logs, such as cs-uri-query, got %q", name)
	}
	return nil
}
