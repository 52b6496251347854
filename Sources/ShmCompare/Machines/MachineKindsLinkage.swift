internal import Glibc

/// Complete linkage of machines with one name.
enum MachineLinkage {
    /// The kinds, each by the order of the machines; the largest first.
    ///
    /// It follows nearest neighbours until two clusters are each other's nearest, and merges these (a nearest-neighbour
    /// chain): the same result as merging the closest two at each step, in quadratic time.
    static func kinds(of machines: [FingerprintedMachine]) -> [[FingerprintedMachine]] {
        var members = machines.indices.map { [$0] }
        let places = machines.map(place)
        var distances = places.map { place in places.map { distance(place, $0) } }
        var (open, ready): (Set<Int>, [[Int]]) = (Set(machines.indices), [])
        var chain: [Int] = []
        while let start = open.min() {
            let last = chain.last ?? start
            if chain.isEmpty { chain = [start] }
            let before = chain.dropLast().last
            // Of equally near clusters, the one before: otherwise a chain could run in a circle.
            let nearest = open.filter { $0 != last }.min { left, right in
                (distances[last][left], left == before ? 0 : 1, left)
                    < (distances[last][right], right == before ? 0 : 1, right)
            }
            guard let nearest, distances[last][nearest] <= 1 else {
                // Too far from all others, and distances only grow.
                ready.append(members[last])
                open.remove(last)
                chain.removeLast()
                continue
            }
            guard nearest == before else {
                chain.append(nearest)
                continue
            }
            chain.removeLast(2)
            members[nearest] += members[last]
            open.remove(last)
            for other in open {
                let farther = max(distances[nearest][other], distances[last][other])
                (distances[nearest][other], distances[other][nearest]) = (farther, farther)
            }
        }
        return ready.map { $0.sorted() }.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }.map {
            $0.map { machines[$0] }
        }
    }

    /// A machine's figures as logarithms to the base of their factors; NaN where it has none.
    private static func place(_ machine: FingerprintedMachine) -> [Double] {
        MachineFigure.all.map { figure in
            machine.figures[figure.column].map { log($0) / log(figure.factor) } ?? .nan
        }
    }

    /// How far two machines are apart: up to 1, they agree. Machines without common figures agree only if neither has any.
    private static func distance(_ left: [Double], _ right: [Double]) -> Double {
        var (farthest, known) = (-Double.infinity, false)
        for index in left.indices {
            if !left[index].isNaN || !right[index].isNaN { known = true }
            let apart = abs(left[index] - right[index])
            if apart > farthest { farthest = apart }
        }
        return farthest >= 0 ? farthest : known ? .infinity : 0
    }
}
