package main

import (
	"testing"
	"time"
)

func TestTheTimeOfTheWholeProcessTreeCounts(t *testing.T) {
	if err := becomeSubreaper(); err != nil {
		t.Fatal(err)
	}
	const spin = `i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done`
	orphan := variant{name: "orphan", command: []string{"sh", "-c", "sh -c '" + spin + "' & exit 0"}}
	c, err := orphan.run()
	if err != nil {
		t.Fatal(err)
	}
	if c.cpu < 50*time.Millisecond {
		t.Errorf("want the time of a process that outlives its parent, got %v", c.cpu)
	}
	if _, err := (variant{name: "fails", command: []string{"sh", "-c", "exit 3"}}).run(); err == nil {
		t.Error("want an error for a command that fails")
	}
}

func TestRatiosAreTakenRoundByRound(t *testing.T) {
	s := series{
		"a": {{cpu: 2 * time.Second}, {cpu: 3 * time.Second}, {cpu: 8 * time.Second}},
		"b": {{cpu: time.Second}, {cpu: time.Second}, {cpu: 2 * time.Second}},
	}
	if got := s.ratio("a", "b"); got != (spread{3, 2, 4}) {
		t.Errorf("got %v", got)
	}
	if got := s.each("a", "b", 10); got != (spread{200, 100, 600}) {
		t.Errorf("got %v", got)
	}
	if got := (spread{1.234, 1, 2}).format(2); got != "1.23 (1.00–2.00)" {
		t.Errorf("got %s", got)
	}
}

func TestTheMedianOfAnEvenNumberIsBetween(t *testing.T) {
	if got := spreadOf([]float64{4, 1, 2, 3}).median; got != 2.5 {
		t.Errorf("got %v", got)
	}
}
