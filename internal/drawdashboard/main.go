// Command drawdashboard draws docs/dashboard.svg: the dashboard of the golden
// template of constructs/monitoring, filled with made-up data of a quiet day and a
// wave of refusals. Run it in the root of the repository after that golden changed:
//
//	go run ./internal/drawdashboard
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
)

const (
	from = "constructs/monitoring/testdata/everything.json"
	to   = "docs/dashboard.svg"
)

func main() {
	template, err := os.ReadFile(from)
	if err == nil {
		var picture string
		if picture, err = draw(template); err == nil {
			err = os.WriteFile(to, []byte(picture), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "drawdashboard:", err)
		os.Exit(1)
	}
}

// widget is a widget of a dashboard's body.
type widget struct {
	X, Y, Width, Height int
	Properties          struct {
		Title, Markdown string
		Metrics         [][]any
		Alarms          []string
	}
}

// The pixels of a cell of the grid.
const column, line = 50, 26

var colors = []string{"#1f77b4", "#d62728", "#2ca02c"}

// draw returns the picture of the first dashboard of a template.
func draw(template []byte) (string, error) {
	widgets, err := widgetsOf(template)
	if err != nil {
		return "", err
	}
	var svg strings.Builder
	height := 0
	for _, w := range widgets {
		height = max(height, (w.Y+w.Height)*line)
		w.draw(&svg)
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12" fill="#16191f">
<title>The dashboard on a quiet day that ends in a wave of refusals: a row for each layer</title>
<rect width="100%%" height="100%%" fill="#f2f3f3"/>
%s</svg>
`, 24*column, height, svg.String()), nil
}

// widgetsOf reads the body of the dashboard. A reference in it stands for itself.
func widgetsOf(template []byte) ([]widget, error) {
	var t struct {
		Resources map[string]struct {
			Type       string
			Properties struct{ DashboardBody any }
		}
	}
	if err := json.Unmarshal(template, &t); err != nil {
		return nil, err
	}
	for _, resource := range t.Resources {
		if resource.Type != "AWS::CloudWatch::Dashboard" {
			continue
		}
		var body struct{ Widgets []widget }
		if err := json.Unmarshal([]byte(text(resource.Properties.DashboardBody)), &body); err != nil {
			return nil, err
		}
		return body.Widgets, nil
	}
	return nil, fmt.Errorf("%s has no dashboard", from)
}

// text is a string, or an Fn::Join or Fn::GetAtt, written out.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []any:
		var all strings.Builder
		for _, part := range v {
			all.WriteString(text(part))
		}
		return all.String()
	case map[string]any:
		for name, argument := range v {
			list, _ := argument.([]any)
			switch {
			case name == "Fn::Join":
				return text(list[1])
			case name == "Fn::GetAtt":
				return text(list[0])
			default:
				return text(argument)
			}
		}
	}
	return ""
}

func (w widget) draw(svg *strings.Builder) {
	x, y, width, tall := w.X*column, w.Y*line, w.Width*column, w.Height*line
	fmt.Fprintf(svg, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"#fff\" stroke=\"#c8ccd0\"/>\n", x+4, y+4, width-8, tall-8)
	write := func(x, y int, style, text string) {
		fmt.Fprintf(svg, "<text x=\"%d\" y=\"%d\"%s>%s</text>\n", x, y, style, escaped.Replace(text))
	}
	const bold = ` font-weight="bold"`
	for i, row := range strings.Split(w.Properties.Markdown, "\n") {
		if title, heading := strings.CutPrefix(row, "## "); heading {
			write(x+16, y+26+i*20, bold, title)
		} else {
			write(x+16, y+26+i*20, "", row)
		}
	}
	write(x+16, y+24, bold, w.Properties.Title)
	for i, alarm := range w.Properties.Alarms {
		fill, name := "#e6f4ea", alarmName(alarm)
		if strings.Contains(name, "lient errors") || strings.Contains(name, "refusals") {
			fill = "#fde8e6" // the wave
		}
		at := x + 16 + i%7*166
		fmt.Fprintf(svg, "<rect x=\"%d\" y=\"%d\" width=\"160\" height=\"22\" rx=\"3\" fill=\"%s\"/>\n", at, y+36, fill)
		write(at+6, y+51, ` font-size="11"`, name)
	}
	for i, metric := range w.Properties.Metrics {
		label := metric[len(metric)-1].(map[string]any)["label"].(string)
		fmt.Fprintf(svg, "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>\n", x+16, y+34+i*17, colors[i])
		write(x+32, y+43+i*17, "", label)
		top := y + 40 + len(w.Properties.Metrics)*17
		fmt.Fprintf(svg, "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>\n", path(series(metric[1].(string), i), x+16, top, width-32, y+tall-16-top), colors[i])
	}
}

// kinds are the names of alarms as a reader says them; what follows one in a
// logical id is what it watches.
var kinds = []struct{ id, name string }{
	{"ServerErrors", "server errors"}, {"ClientErrors", "client errors"}, {"Blocked", "web ACL: blocked"},
	{"FunctionErrors", "function errors"}, {"FunctionUtilization", "function utilization"},
	{"APIErrors", "API errors"}, {"APIRefusals", "API refusals"},
}

var hash = regexp.MustCompile(`[0-9A-F]{8}$`)

func alarmName(logicalID string) string {
	id := hash.ReplaceAllString(strings.TrimPrefix(logicalID, "Monitoring"), "")
	for _, kind := range kinds {
		if strings.HasPrefix(id, kind.id) {
			return kind.name
		}
	}
	return id
}

// points are those of twelve hours, one every five minutes.
const points = 144

// wave is the share of the day's refusals at a point: none, until clients with a
// wrong key come in the last two hours.
func wave(i int) float64 {
	return math.Exp(-math.Pow(float64(i-124)/9, 2))
}

// series is a day of a metric, from 0 to 1: traffic that swells with the day,
// errors near the ground, and what the wave lifts. nth tells lines of a graph apart
// that are alike.
func series(metric string, nth int) []float64 {
	random := rand.New(rand.NewPCG(uint64(nth), uint64(len(metric))))
	day := func(i int) float64 { return 0.45 + 0.25*math.Sin(float64(i)/points*math.Pi*1.6-0.6) }
	values := make([]float64, points)
	for i := range values {
		noise := random.Float64()
		switch metric {
		case "Requests", "AllowedRequests", "ConnectCount", "MessageCount", "BytesDownloaded", "BytesUploaded":
			values[i] = day(i) + 0.06*noise
			if metric == "Requests" || metric == "AllowedRequests" {
				values[i] += 0.25 * wave(i)
			}
		case "4xxErrorRate", "ClientError":
			values[i] = 0.03 + 0.02*noise + 0.8*wave(i)
		case "IntegrationLatency":
			values[i] = 0.25 + 0.15*noise
		case "FunctionComputeUtilization":
			values[i] = 0.18 + 0.03*noise
		case "BlockedRequests", "CountedRequests":
			values[i] = 0.02 + 0.02*noise
		default: // errors that do not happen on such a day
			values[i] = 0.01
		}
		values[i] *= 0.75 + 0.3*float64(nth)
	}
	return values
}

func path(values []float64, x, y, width, height int) string {
	var d strings.Builder
	for i, value := range values {
		fmt.Fprintf(&d, "%c%d %.1f", "ML"[min(i, 1)], x+i*width/len(values), float64(y)+float64(height)*(1-min(value, 1)))
	}
	return d.String()
}

var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
