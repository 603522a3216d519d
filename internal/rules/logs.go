package rules

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// AccessLog is the access log of a distribution, which goes to one place.
type AccessLog struct {
	// LogGroup and Bucket are names of what is there already.
	LogGroup, Bucket string
	ToBucket         bool
	RetentionDays    int
	AdditionalFields []string
	// Region is that of its stack, where that is known.
	Region string
}

// Problems lists what is wrong with l.
func (l AccessLog) Problems(unknown func(string) bool) (p Problems) {
	p.text("", l.Region, unknown, InUSEast1)
	if places := set(setting{"LogGroup", l.LogGroup != ""}, setting{"ToBucket", l.ToBucket}, setting{"Bucket", l.Bucket != ""}); len(places) > 1 {
		p.Addf("", "must go to one place, got %s; keep one", places)
	}
	p.text("LogGroup", l.LogGroup, unknown, LogGroupName)
	p.text("Bucket", l.Bucket, unknown, BucketName)
	if l.RetentionDays != 0 {
		switch theirs := set(setting{"LogGroup", l.LogGroup != ""}, setting{"Bucket", l.Bucket != ""}); {
		case len(theirs) > 0:
			p.Addf("RetentionDays", "cannot be set with %s; set the retention there", theirs)
		case l.ToBucket:
			p.Add("RetentionDays", BucketRetention(l.RetentionDays))
		default:
			p.Add("RetentionDays", LogRetention(l.RetentionDays))
		}
	}
	p.list("AdditionalFields", l.AdditionalFields, len(logFields), strings.ToLower, unknown, LogField)
	return p
}

// AccountRoles say who sees to the role by which API Gateway writes logs: it
// exists, or the stack is to make it.
var AccountRoles = []string{"exists", "make"}

// StageLog is the access log of an API's stage.
type StageLog struct {
	AccountRole   string
	RetentionDays int
}

// Problems lists what is wrong with l.
func (l StageLog) Problems() (p Problems) {
	if l.AccountRole == "" {
		p.Missingf("AccountRole", []Field{"AccountRole"}, `is required: API Gateway writes the logs of all APIs of an account and region by one role; write "exists" if it is set there, or "make" to make and set it`)
	} else {
		p.Add("AccountRole", OneOf(l.AccountRole, AccountRoles))
	}
	if l.RetentionDays != 0 {
		p.Add("RetentionDays", LogRetention(l.RetentionDays))
	}
	return p
}

var (
	logGroupName = regexp.MustCompile(`^[A-Za-z0-9_/.#-]{1,512}$`)
	bucketName   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
)

// LogGroupName accepts the name of a log group (CloudWatch Logs API Reference,
// "CreateLogGroup").
func LogGroupName(name string) error {
	switch {
	case strings.HasPrefix(name, "arn:"):
		return fmt.Errorf("must be the name of a log group, got the ARN %q; write what follows log-group:, without :*", name)
	case strings.HasPrefix(name, "aws/"):
		return fmt.Errorf("must not start with aws/, which AWS keeps for itself, got %q; name another log group", name)
	case !logGroupName.MatchString(name):
		return fmt.Errorf("must be the name of a log group, of at most 512 letters, digits and _/.#-, got %q", name)
	}
	return nil
}

// What a bucket's name may not start or end with (Amazon S3 User Guide, "General
// purpose bucket naming rules").
var (
	bucketPrefixes = []string{"xn--", "sthree-", "amzn-s3-demo-"}
	bucketSuffixes = []string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}
)

// BucketName accepts the name of a general purpose bucket of S3.
func BucketName(name string) error {
	if bare, is := strings.CutPrefix(name, "arn:aws:s3:::"); is {
		return fmt.Errorf("must be the name of a bucket, got the ARN %q; write %q", name, bare)
	}
	_, err := netip.ParseAddr(name)
	starts := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
	ends := func(suffix string) bool { return strings.HasSuffix(name, suffix) }
	if !bucketName.MatchString(name) || strings.Contains(name, "..") || err == nil || slices.ContainsFunc(bucketPrefixes, starts) || slices.ContainsFunc(bucketSuffixes, ends) {
		return fmt.Errorf("must be the name of a bucket, 3 to 63 lower-case letters, digits, dots and hyphens, got %q", name)
	}
	return nil
}

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
func BucketRetention(days int) error { return Between(days, 1, math.MaxInt32) }

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
		return fmt.Errorf("must be a field of CloudFront's access logs, got %q; %s", name, fieldHint(name))
	}
	return nil
}

func fieldHint(name string) string {
	if near, ok := Nearest(name, logFields); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "write one such as cs-uri-query"
}
