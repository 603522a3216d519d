package rules

import (
	"fmt"
	"regexp"
)

var (
	emailAddress = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s.]+$`)
	actionARN    = regexp.MustCompile(`^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+$`)
)

// MaxActions is how many actions an alarm may tell of one state (CloudWatch API
// Reference, "PutMetricAlarm").
const MaxActions = 5

// Email accepts an e-mail address.
func Email(address string) error {
	if !emailAddress.MatchString(address) {
		return fmt.Errorf("must be an e-mail address, got %q", address)
	}
	return nil
}

// ActionARN accepts the ARN of what an alarm tells.
func ActionARN(arn string) error {
	if !actionARN.MatchString(arn) {
		return fmt.Errorf("must be the ARN of what an alarm tells, such as arn:aws:sns:us-east-1:account:topic, got %q", arn)
	}
	return nil
}
