package rules

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
)

// DefaultLockKey is the name of the key of a lock that names none.
const DefaultLockKey = "a"

// Lock is the lock of an API of this app: its keys by name, the one that is sent,
// and a limit.
type Lock struct {
	Keys     []string
	Active   string
	Throttle *Throttle
}

// Throttle limits the connects of all viewers together.
type Throttle struct{ RatePerSecond, Burst int }

// Problems lists what is wrong with l.
func (l Lock) Problems(unknown func(string) bool) (p Problems) {
	p.list("Keys", l.Keys, len(l.Keys), exactly, unknown, LockKey)
	keys := l.Keys
	if len(keys) == 0 {
		keys = []string{DefaultLockKey}
	}
	if l.Active != "" && !slices.Contains(keys, l.Active) {
		p.Missingf("Active", []Field{"Keys"}, "must be one of the keys %q, got %q; add it to %s now, and remove the old key in the next deploy", keys, l.Active, Field("Keys"))
	}
	if t := l.Throttle; t != nil {
		p.positive("Throttle.RatePerSecond", t.RatePerSecond)
		p.positive("Throttle.Burst", t.Burst)
	}
	return p
}

// positive applies the range of a limit that has to be set.
func (p *Problems) positive(field Field, n int) {
	if n == 0 {
		p.Missingf(field, []Field{field}, "is required with the other limit; write 1 or more, or leave the throttle out for none")
		return
	}
	p.Add(field, Between(n, 1, math.MaxInt32))
}

// Reference is the lock of an API that lives elsewhere: where its secret is, and
// in which header it goes.
type Reference struct {
	SecretARN, SecretName, SSMParameter string
	Field, Header                       string
	// Region and Account are those of the distribution's stack, where known.
	Region, Account string
}

// Problems lists what is wrong with r.
func (r Reference) Problems(unknown func(string) bool) (p Problems) {
	sources := []Field{"SecretARN", "SecretName", "SSMParameter"}
	switch got := set(setting{sources[0], r.SecretARN != ""}, setting{sources[1], r.SecretName != ""}, setting{sources[2], r.SSMParameter != ""}); len(got) {
	case 0:
		p.Missingf("", sources, "needs one of %s, %s and %s, got none; name the secret", sources[0], sources[1], sources[2])
	case 1:
	default:
		p.Addf("", "needs exactly one of %s, %s and %s, got %s; keep one", sources[0], sources[1], sources[2], got)
	}
	p.text("SecretARN", r.SecretARN, unknown, r.secretARN)
	p.text("SecretName", r.SecretName, unknown, SecretName)
	p.text("SSMParameter", r.SSMParameter, unknown, SSMParameter)
	p.text("Field", r.Field, unknown, SecretField)
	if r.Field != "" && r.SSMParameter != "" {
		p.Addf("Field", "cannot be set with %s, which has one value; drop it", Field("SSMParameter"))
	}
	p.text("Header", r.Header, unknown, OriginHeader)
	return p
}

var (
	keyName        = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)
	secretResource = regexp.MustCompile(`^secret:[A-Za-z0-9/_+=.@-]+$`)
	// completeSecret ends in what Secrets Manager puts behind each name.
	completeSecret = regexp.MustCompile(`-[A-Za-z0-9]{6}$`)
	secretName     = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)
	ssmParameter   = regexp.MustCompile(`^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`)
	jsonField      = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
)

// secretARN accepts the ARN of a secret of the stack's region: CloudFormation
// resolves a dynamic reference there (CloudFormation User Guide, "Get a secret or
// secret value from Secrets Manager"). That of another account must be complete.
func (r Reference) secretARN(text string) error {
	a, ok := parseARN(text, "secretsmanager")
	switch {
	case !ok || !secretResource.MatchString(a.resource):
		return errors.New("must be the ARN of a secret, arn:aws:secretsmanager:region:account:secret:name, got something else, which is not shown because it may be the secret")
	case r.Region != "" && a.region != r.Region:
		return fmt.Errorf("must be a secret in %s, where the distribution's stack is and CloudFormation looks, got one in %s (%q); replicate the secret to %s and name the replica", r.Region, a.region, text, r.Region)
	case r.Account != "" && a.account != r.Account && !completeSecret.MatchString(a.resource):
		return fmt.Errorf("must be complete because the secret is of another account (%s), got %q; write the hyphen and six characters that Secrets Manager put behind the name", a.account, text)
	}
	return nil
}

// Warning returns what only AWS can tell of the secret of another account, or
// nothing (Secrets Manager User Guide, "Access AWS Secrets Manager secrets from a
// different account").
func (r Reference) Warning() string {
	a, ok := parseARN(r.SecretARN, "secretsmanager")
	switch {
	case !ok || a.account == r.Account:
		return ""
	case r.Account != "":
		return fmt.Sprintf("the secret %s is of another account: its resource policy must let the role that deploys read it, and it must be encrypted with a customer managed key whose policy lets that role decrypt (aws/secretsmanager does not work across accounts)", r.SecretARN)
	case !completeSecret.MatchString(a.resource):
		return fmt.Sprintf("the ARN %s lacks the hyphen and six characters behind the secret's name, which only a secret of the stack's own account may; write it in full", r.SecretARN)
	}
	return ""
}

// LockKey accepts the name of one of the keys of an origin lock, which becomes
// part of construct ids.
func LockKey(name string) error {
	if !keyName.MatchString(name) {
		return errors.New("must be the name of a key, 1 to 32 letters, digits and hyphens such as a or 2026-11, got something else, which is not shown because it may be a key; the value is generated")
	}
	return nil
}

// SecretName accepts the name of a secret (Secrets Manager API Reference,
// "CreateSecret").
func SecretName(name string) error {
	if !secretName.MatchString(name) {
		return errors.New("must be the name of a secret, up to 512 letters, digits and /_+=.@-, got something else, which is not shown because it may be the secret; write its name, or its ARN as the ARN")
	}
	return nil
}

// SSMParameter accepts the name of a parameter of the Parameter Store.
func SSMParameter(name string) error {
	if len(name) > 1011 || !ssmParameter.MatchString(name) {
		return errors.New("must be the name of a parameter such as /websocket/key, got something else, which is not shown because it may be the secret")
	}
	return nil
}

// SecretField accepts the key of a secret whose value is a JSON object.
func SecretField(name string) error {
	if !jsonField.MatchString(name) {
		return fmt.Errorf("must be a key of the secret's JSON object, letters, digits and _.-, got %q", name)
	}
	return nil
}
