package rules

import (
	"fmt"
	"math"
	"regexp"
	"strings"
)

var (
	emailAddress  = regexp.MustCompile(`^[^@\s<>(),;:"]+@[^@\s<>(),;:"]+\.[^@\s.<>(),;:"]+$`)
	dashboardName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)
)

// MaxActions is how many actions an alarm may tell of one state (CloudWatch API
// Reference, "PutMetricAlarm").
const MaxActions = 5

// Monitoring is a dashboard, alarms, and who is told of them.
type Monitoring struct {
	DashboardName                                          string
	Emails, Actions                                        []string
	DisableAlarms                                          bool
	ServerErrorPercent, ClientErrorPercent, BlockedPercent int
	MinRequests                                            int
	// Region is that of its stack, where that is known.
	Region string
}

// Problems lists what is wrong with m.
func (m Monitoring) Problems(unknown func(string) bool) (p Problems) {
	p.text("", m.Region, unknown, InUSEast1)
	p.text("DashboardName", m.DashboardName, unknown, func(name string) error {
		if !dashboardName.MatchString(name) {
			return fmt.Errorf("must be 1 to 255 letters, digits, hyphens and underscores, got %q; use those only", name)
		}
		return nil
	})
	p.list("Emails", m.Emails, len(m.Emails), strings.ToLower, unknown, Email)
	p.list("Actions", m.Actions, MaxActions, exactly, unknown, ActionARN)
	if len(m.Emails) > 0 && len(m.Actions) > 0 {
		p.Addf("Emails", "cannot be set with %s; subscribe the addresses to your topic", Field("Actions"))
	}
	if told := set(setting{"Emails", len(m.Emails) > 0}, setting{"Actions", len(m.Actions) > 0}); m.DisableAlarms && len(told) > 0 {
		p.Addf("DisableAlarms", "cannot be set with %s; drop one, there are no alarms to tell of", told)
	}
	p.number("ServerErrorPercent", m.ServerErrorPercent, 1, 99)
	p.number("ClientErrorPercent", m.ClientErrorPercent, 1, 99)
	p.number("BlockedPercent", m.BlockedPercent, 1, 99)
	p.number("MinRequests", m.MinRequests, 1, math.MaxInt32)
	return p
}

// Email accepts an e-mail address.
func Email(address string) error {
	if !emailAddress.MatchString(address) {
		return fmt.Errorf("must be an e-mail address, got %q; write one such as oncall@example.com", address)
	}
	return nil
}
