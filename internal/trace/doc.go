// Package trace records what becomes of a handshake and of a template: the steps
// of the way, the refusal, the findings. Services write it; a report shows it.
package trace
