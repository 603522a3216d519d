// Package template checks what every resource of a template has in common, whatever
// its service: the form of its properties.
package template
