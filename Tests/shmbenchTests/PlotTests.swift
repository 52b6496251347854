import Testing

@testable import ShmRender

/// Curves as text: each line fits, marks differ without colour, and what is missing is a gap.
@Suite(.timeLimit(.minutes(10))) struct PlotTests {
    private typealias Points = [(x: Double, y: Double?)]

    private static func view(_ curves: [CurveDrawing.Curve], x: Drawing.Unit = .percentile) -> CurveDrawing.View {
        CurveDrawing.View("2 workers", x: .init("percentile", x), y: .init("time to acquire", .time), curves)
    }

    private static let times: Points = [(2, 40), (10, 90), (100, 900), (1000, 20_000), (10_000, 3e6)]

    private static func curves(_ count: Int) -> [CurveDrawing.Curve] {
        (0..<count).map { number in
            .init("lock\(number)", .line, times.map { ($0.x, $0.y.map { $0 * Double(1 << number) }) })
        }
    }

    private static func lines(_ curves: [CurveDrawing.Curve], width: Int = 80, x: Drawing.Unit = .percentile)
        -> [String]
    {
        TextPlot(view: view(curves, x: x), curves: curves, page: Page(width: width)).lines
    }

    @Test(arguments: [40, 60, 80, 120, 200, 500])
    func `a plot fits, and grows with the page up to 120 columns`(width: Int) throws {
        let lines = Self.lines(Self.curves(7), width: width)
        #expect(lines.allSatisfy { $0.count <= width })
        let longest = try #require(lines.map(\.count).max())
        #expect(longest > min(width, 120) - 8 && longest <= 120)
    }

    @Test func `each curve has its own mark, also in ASCII`() {
        let page = Page(isASCII: true)
        let text = Self.lines(Self.curves(7)).map(page.plain).joined(separator: "\n")
        #expect(text.allSatisfy { $0.isASCII })
        let marks = text.matches(of: /(\S) lock\d/).map(\.1)
        #expect(marks.count == 7 && Set(marks).count == 7, "\(text)")
        // Marks are not the characters of axes and lines.
        #expect(Set(marks).isDisjoint(with: ["|", "-", "."]), "\(text)")
    }

    @Test func `axes have units`() {
        let text = Self.lines(Self.curves(1)).joined(separator: "\n")
        for label in ["50%", "90%", "99%", "99.9%", "99.99%", "percentile", "time to acquire", "1 ms ┤", "10 µs ┤"] {
            #expect(text.contains(label), "\(label): \(text)")
        }
    }

    @Test func `a missing or endless number is a gap in its curve`() {
        let whole: Points = [(2, 100), (10, 100), (100, 100), (1000, 100)]
        func row(_ points: Points) -> String {
            Self.lines([.init("a", .line, points)]).first { $0.contains("●") } ?? ""
        }
        #expect(!row(whole).contains("●  "))
        for gap in [nil, Double.nan, .infinity] as [Double?] {
            var points = whole
            points[2].y = gap
            let lines = Self.lines([.init("a", .line, points)])
            #expect(row(points).contains("●··") && row(points).contains("●     "), "\(lines)")
            #expect(!lines.joined().contains("nan"))
        }
    }

    @Test func `a curve without a point says so, and nothing is drawn without any`() {
        let lines = Self.lines([.init("a", .line, Self.times), .init("b", .line, [(2, nil)])])
        #expect(lines.contains { $0.contains("■ b (not measured)") })
        #expect(Self.lines([.init("b", .line, [(2, nil)])]).isEmpty)
    }

    @Test func `one point, and equal points, have a place`() {
        for points in [[(2, 100)], [(2, 100), (10, 100)]] as [Points] {
            #expect(Self.lines([.init("a", .line, points)]).contains { $0.contains("●") })
        }
        #expect(Self.lines([.init("a", .line, [(4, 100)])], x: .count).contains { $0.contains(" 4") })
    }

    @Test func `coinciding marks are explained`() {
        let same = ["a", "b"].map { CurveDrawing.Curve($0, .line, Self.times) }
        #expect(Self.lines(same).last?.hasPrefix("Where marks coincide") == true)
        #expect(Self.lines([same[0]]).last == "● a")
    }

    @Test(arguments: [
        (Drawing.Unit.rate, 1.5e6, "1.5 M/s"), (.rate, 2e8, "200 M/s"), (.time, 50, "50 ns"), (.time, 2e4, "20 µs"),
        (.percentile, 10_000, "99.99%"), (.count, 8, "8"), (.share, 0.5, "0.5"),
    ])
    func `a label has no zeros at its end`(unit: Drawing.Unit, number: Double, words: String) {
        #expect(unit.words(number) == words)
    }

    @Test func `an axis for bars shows the shortest`() throws {
        let scale = try #require(AxisScale(bars: .rate, [101, 5e7]))
        let start = try #require(scale.place(101))
        #expect(start > 0.04)
    }

    @Test(
        arguments: [
            (6, [(3, "too few samples")], "1 of 9 loads; 5 more in the format html; 3 have too few samples."),
            (2, [(1, "too few samples")], "2 of 3 loads; 1 has too few samples."), (3, [], nil),
        ] as [(Int, [(Int, String)], String?)])
    func `loads that are not plotted are counted`(views: Int, absences: [(Int, String)], words: String?) {
        let drawing = CurveDrawing(
            absences: absences.map { (loads: $0.0, reason: $0.1) },
            Array(repeating: Self.view(Self.curves(2)), count: views))
        let table = Exhibit.Table("", [], [])
        let picture = Exhibit.Picture("Times", legend: "", .curves(drawing), table)
        let text = TextPlots(exhibit: Exhibit([.init("Times", [.picture(picture)])]), page: Page()).text
        #expect(text.contains(" loads") == (words != nil))
        if let words { #expect(text.hasSuffix("\n\(words)\n"), "\(text)") }
    }

    @Test func `an exhibit without curves says so in a line`() {
        let text = TextPlots(exhibit: Exhibit([]), page: Page()).text
        #expect(text == "Nothing to plot: these results have no curves.\n")
    }
}
