/// The style sheet and the script of the page, which the build embeds in the program.
enum PageAssets {
    static let style = text(PackageResources.page_css)
    static let script =
        text(PackageResources.scales_js) + text(PackageResources.rows_js) + text(PackageResources.curves_js)
        + text(PackageResources.page_js)

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
