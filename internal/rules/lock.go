package rules

import (
	"fmt"
	"regexp"
	"slices"
)

var (
	keyName      = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)
	secretARN    = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$`)
	secretName   = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)
	ssmParameter = regexp.MustCompile(`^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`)
	jsonField    = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
)

// LockKey accepts the name of one of the keys of an origin lock, which becomes
// part of construct ids.
func LockKey(name string) error {
	if !keyName.MatchString(name) {
		return fmt.Errorf("must be the name of a key, of 1 to 32 letters, digits and hyphens, such as a or 2026-11, got %q; it is a name, the value is generated", name)
	}
	return nil
}

// ActiveKey accepts the name of the active key: one of keys.
func ActiveKey(active string, keys []string) error {
	if active != "" && !slices.Contains(keys, active) {
		return fmt.Errorf("must be one of the keys %q, got %q; add it to them, and keep the one that is active now until the deploy after the next", keys, active)
	}
	return nil
}

// SecretARN accepts the ARN of a secret of Secrets Manager, with the six random
// characters or without them.
func SecretARN(arn string) error {
	if !secretARN.MatchString(arn) {
		return fmt.Errorf("must be the ARN of a secret (arn:aws:secretsmanager:region:account:secret:name), got %q", arn)
	}
	return nil
}

// SecretRegion returns the region of a secret's ARN, or nothing.
func SecretRegion(arn string) string {
	if m := secretARN.FindStringSubmatch(arn); m != nil {
		return m[1]
	}
	return ""
}

// SecretInRegion accepts the ARN of a secret of region: CloudFormation resolves a
// dynamic reference in the region of the stack (CloudFormation User Guide, "Get a
// secret or secret value from Secrets Manager").
func SecretInRegion(arn, region string) error {
	if got := SecretRegion(arn); got != "" && got != region {
		return fmt.Errorf("must be a secret in %s, where the distribution's stack is, because CloudFormation resolves it there, got one in %s (%q); replicate the secret to %s and name the replica", region, got, arn, region)
	}
	return nil
}

// SecretName accepts the name of a secret (Secrets Manager API Reference,
// "CreateSecret").
func SecretName(name string) error {
	if !secretName.MatchString(name) {
		return fmt.Errorf("must be the name of a secret, of up to 512 letters, digits and /_+=.@-, got %q; it is a name, never the secret itself", name)
	}
	return nil
}

// SSMParameter accepts the name of a parameter of the Parameter Store.
func SSMParameter(name string) error {
	if len(name) > 1011 || !ssmParameter.MatchString(name) {
		return fmt.Errorf("must be the name of a parameter, such as /websocket/key, got %q", name)
	}
	return nil
}

// SecretField accepts the key of a secret whose value is a JSON object.
func SecretField(name string) error {
	if !jsonField.MatchString(name) {
		return fmt.Errorf("must be a key of the secret's JSON object, of letters, digits and _.-, got %q", name)
	}
	return nil
}

// Throttle accepts the limits of a usage plan.
func Throttle(rate, burst int) error {
	if rate < 1 || burst < 1 {
		return fmt.Errorf("needs a rate and a burst of 1 or more, got %d and %d; they cap the connects of all viewers together, leave the throttle out for none", rate, burst)
	}
	return nil
}
