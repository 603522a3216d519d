package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// variant is one of the things that are compared.
type variant struct {
	name string
	// dir is where command runs.
	dir     string
	command []string
	// env is on top of the environment that all have.
	env []string
	// prepare runs before each measurement and is not measured.
	prepare func() error
}

// cost is what one run took.
type cost struct {
	// cpu is user and system time of the whole process tree.
	cpu  time.Duration
	wall time.Duration
}

// series are the runs of each variant, by name, in rounds.
type series map[string][]cost

// alternate runs each variant once a round, in turns forwards and backwards, so
// that what else happens on the machine falls on all of them.
func alternate(variants []variant, rounds int) (series, error) {
	all := series{}
	for round := range rounds {
		order := slices.Clone(variants)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, v := range order {
			c, err := v.run()
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(os.Stderr, "%-40s %6.2f s CPU %6.2f s\n", v.name, c.cpu.Seconds(), c.wall.Seconds())
			all[v.name] = append(all[v.name], c)
		}
	}
	return all, nil
}

func (v variant) run() (cost, error) {
	if v.prepare != nil {
		if err := v.prepare(); err != nil {
			return cost{}, fmt.Errorf("%s: %w", v.name, err)
		}
	}
	command := exec.Command(v.command[0], v.command[1:]...)
	command.Dir = v.dir
	command.Env = append(os.Environ(), "CDK_VALIDATION=false", "CDK_DISABLE_CLI_TELEMETRY=true", "CDK_DISABLE_VERSION_CHECK=1",
		"GOFLAGS=", "GOWORK=off", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	command.Env = append(command.Env, v.env...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	before, start := childrenCPU(), time.Now()
	err := command.Run()
	wall := time.Since(start)
	reapOrphans()
	if err != nil {
		return cost{}, fmt.Errorf("%s: %v: %w\n%s", v.name, command, err, out.String())
	}
	return cost{childrenCPU() - before, wall}, nil
}

// spread is a median with the least and the most.
type spread struct{ median, least, most float64 }

func spreadOf(values []float64) spread {
	slices.Sort(values)
	n := len(values)
	return spread{(values[(n-1)/2] + values[n/2]) / 2, values[0], values[n-1]}
}

func (s spread) format(digits int) string {
	return fmt.Sprintf("%.*f (%.*f–%.*f)", digits, s.median, digits, s.least, digits, s.most)
}

func (s series) cpu(name string) spread {
	return s.of(name, func(c cost) time.Duration { return c.cpu })
}
func (s series) wall(name string) spread {
	return s.of(name, func(c cost) time.Duration { return c.wall })
}

func (s series) of(name string, get func(cost) time.Duration) spread {
	var values []float64
	for _, c := range s[name] {
		values = append(values, get(c).Seconds())
	}
	return spreadOf(values)
}

// ratio compares the CPU time of two variants round by round.
func (s series) ratio(of, to string) spread {
	var values []float64
	for round := range s[of] {
		values = append(values, s[of][round].cpu.Seconds()/s[to][round].cpu.Seconds())
	}
	return spreadOf(values)
}

// each is what one of n more costs, in milliseconds of CPU, round by round.
func (s series) each(more, fewer string, n int) spread {
	var values []float64
	for round := range s[more] {
		values = append(values, float64((s[more][round].cpu-s[fewer][round].cpu).Milliseconds())/float64(n))
	}
	return spreadOf(values)
}

// machine describes where this ran, by what matters.
func machine(cores int) string {
	memory := "unknown memory"
	if raw, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kilobytes int
		if _, err := fmt.Sscanf(string(raw), "MemTotal: %d kB", &kilobytes); err == nil {
			memory = fmt.Sprintf("%d GB of memory", (kilobytes+1<<19)>>20)
		}
	}
	version := func(name string, args ...string) string {
		out, err := exec.Command(name, args...).Output()
		return cmp.Or(strings.TrimSpace(string(out)), fmt.Sprint(filepath.Base(name), " unknown: ", err))
	}
	return fmt.Sprintf("%d cores, %s, %s, Node %s", cores, memory, version("go", "env", "GOVERSION"), version("node", "--version"))
}
