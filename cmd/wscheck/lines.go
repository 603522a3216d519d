package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// lines finds the lines of places such as "Resources.Id.Properties.Items[0]" in a
// template file. What it cannot find has line 0.
type lines struct {
	raw  []byte
	line map[string]int
}

// linesOf reads a file. One that cannot be read has no lines.
func linesOf(file string) *lines {
	l := &lines{line: map[string]int{}}
	raw, err := os.ReadFile(file)
	if err != nil {
		return l
	}
	l.raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if text := bytes.TrimSpace(l.raw); len(text) > 0 && text[0] == '{' {
		l.json(json.NewDecoder(bytes.NewReader(l.raw)), "", new(counter))
		return l
	}
	var document yaml.Node
	if yaml.Unmarshal(l.raw, &document) == nil {
		for _, n := range document.Content {
			l.yaml(n, "", 0)
		}
	}
	return l
}

// of is the line of a place, or of the innermost part of it that the file has: a
// property may be wrong because it is not there.
func (l *lines) of(place string) int {
	if _, wrapped := l.line["TemplateBody"]; wrapped && place != "" {
		place = "TemplateBody." + place // what "aws cloudformation get-template" prints
	}
	for place != "" {
		if n, ok := l.line[place]; ok {
			return n
		}
		place = place[:max(strings.LastIndexAny(place, ".["), 0)]
	}
	return 0
}

// counter counts lines up to an offset that only grows.
type counter struct{ offset, lines int }

func (c *counter) at(raw []byte, offset int) int {
	offset = min(offset, len(raw))
	c.lines += bytes.Count(raw[c.offset:offset], []byte("\n"))
	c.offset = offset
	return c.lines + 1
}

// json notes the line of each value below place, and says whether it could be read.
func (l *lines) json(d *json.Decoder, place string, c *counter) bool {
	token, err := d.Token()
	if err != nil {
		return false
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return true
	}
	for i := 0; d.More(); i++ {
		at := place + "[" + strconv.Itoa(i) + "]"
		if delim == '{' {
			key, err := d.Token()
			name, ok := key.(string)
			if err != nil || !ok {
				return false
			}
			at = strings.TrimPrefix(place+"."+name, ".")
			l.line[at] = c.at(l.raw, int(d.InputOffset()))
		} else {
			// The value begins after the comma and the space before it.
			offset := int(d.InputOffset())
			offset += len(l.raw[offset:]) - len(bytes.TrimLeft(l.raw[offset:], ", \t\r\n"))
			l.line[at] = c.at(l.raw, offset)
		}
		if !l.json(d, at, c) {
			return false
		}
	}
	_, err = d.Token()
	return err == nil
}

// yaml notes the line of each value below place, as far as it is written there: what an
// alias repeats is not.
func (l *lines) yaml(n *yaml.Node, place string, depth int) {
	if depth > 100 {
		return // CloudFormation takes far less
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			at := strings.TrimPrefix(place+"."+n.Content[i].Value, ".")
			l.line[at] = n.Content[i].Line
			l.yaml(n.Content[i+1], at, depth+1)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			at := place + "[" + strconv.Itoa(i) + "]"
			l.line[at] = item.Line
			l.yaml(item, at, depth+1)
		}
	}
}
